#include "parquet_program/object_rows.h"

#include <arrow/memory_pool.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "parquet_program/json_tree.h"
#include "parquet_program/text.h"

namespace dray::parquet_program {
namespace {

using parquet_wire::Cause;
using parquet_wire::Fault;

// The end of the object is read in one piece: almost every footer lies in it.
constexpr std::int64_t kTailBytes = std::int64_t{256} << 10U;
// The magic bytes at both ends and the footer's length.
constexpr std::int64_t kFileBytesMin = 12;
// A row group that is stored in no more than this is fetched whole; of a larger one every column has a window.
constexpr std::int64_t kGroupHeldMax = std::int64_t{48} << 20U;
constexpr std::int64_t kWindowsBytes = std::int64_t{32} << 20U;
constexpr std::int64_t kWindowBytesMin = std::int64_t{64} << 10U;
constexpr std::int64_t kWindowBytesMax = std::int64_t{2} << 20U;
// A batch is decoded at once.
constexpr std::int64_t kBatchBytes = std::int64_t{8} << 20U;
constexpr std::int64_t kBatchRowsMin = 16;
constexpr std::int64_t kBatchRowsFirst = 1024;
constexpr std::int64_t kBatchRowsMax = 8192;

struct Refused {
  Fault fault;
};

[[noreturn]] void refuse(Cause cause, std::string reason) {
  throw Refused{{cause, std::move(reason)}};
}

Cause cause_of(const ::arrow::Status& status) {
  if (status.IsOutOfMemory()) return Cause::memory;
  return status.IsNotImplemented() ? Cause::unsupported : Cause::damaged;
}

void check(const ::arrow::Status& status) {
  if (!status.ok()) refuse(cause_of(status), status.ToStringWithoutContextLines());
}

template <class Value>
Value checked(::arrow::Result<Value> result) {
  check(result.status());
  return std::move(result).ValueUnsafe();
}

std::int64_t file_size(const parquet_wire::Opening& opening) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(opening.object_bytes, kMax));
}

class ObjectRows {
 public:
  ObjectRows(Source& source, const parquet_wire::Opening& opening, const RowsSink& sink)
      : size_(file_size(opening)),
        file_(std::make_shared<RangedFile>(source, size_)),
        text_(opening.row_bytes_max),
        sink_(sink) {}

  void run();
  void flush();
  [[nodiscard]] std::uint64_t rows() const { return rows_; }

 private:
  void look_at_tail();
  void open();
  [[nodiscard]] ::parquet::ReaderProperties reader_properties() const;
  [[nodiscard]] std::unique_ptr<::parquet::arrow::FileReader> reader(::arrow::TimeUnit::type int96_unit) const;
  void find_int96();
  void read_group(int group);
  [[nodiscard]] std::int64_t batch_rows(const ::parquet::RowGroupMetaData& group) const;
  [[nodiscard]] std::vector<Span> chunks(const ::parquet::RowGroupMetaData& group) const;
  void write(const ::arrow::RecordBatch& batch);

  const std::int64_t size_;
  std::shared_ptr<RangedFile> file_;
  Text text_;
  const RowsSink& sink_;
  std::shared_ptr<::parquet::FileMetaData> metadata_;
  bool holds_groups_ = true;
  std::unique_ptr<::parquet::arrow::FileReader> reader_;
  std::vector<int> int96_fields_;   // the top-level fields that hold an INT96, ascending
  std::vector<int> int96_columns_;  // their leaves
  std::unique_ptr<::parquet::arrow::FileReader> coarse_;
  std::optional<JsonTree> tree_;
  std::uint64_t rows_ = 0;
  std::uint64_t bytes_ = 0;
};

void ObjectRows::run() {
  look_at_tail();
  open();
  for (int group = 0; group < metadata_->num_row_groups(); ++group) read_group(group);
  flush();
}

void ObjectRows::flush() {
  const std::string_view rows = text_.rows();
  bytes_ += rows.size();
  if (!rows.empty()) sink_(rows);
  text_.clear();
}

void ObjectRows::look_at_tail() {
  if (size_ < kFileBytesMin) refuse(Cause::damaged, "shorter than any parquet file");
  const std::int64_t tail = std::min(size_, kTailBytes);
  check(file_->hold({{size_ - tail, tail}}));
  std::array<char, 4> magic{};
  checked(file_->ReadAt(size_ - 4, 4, magic.data()));
  const std::string_view end(magic.data(), magic.size());
  if (end == "PARE") refuse(Cause::encrypted, "the footer is encrypted");
  if (end != "PAR1") refuse(Cause::damaged, "does not end with PAR1: cut short, or no parquet file");
}

void ObjectRows::open() {
  ::parquet::ReaderProperties plain(::arrow::system_memory_pool());
  plain.set_footer_read_size(static_cast<std::size_t>(kTailBytes));
  metadata_ = ::parquet::ParquetFileReader::Open(file_, plain)->metadata();
  if (metadata_->is_encryption_algorithm_set()) refuse(Cause::encrypted, "columns of it are encrypted");
  file_->release();
  for (int group = 0; group < metadata_->num_row_groups(); ++group) {
    std::int64_t stored = 0;
    for (const Span& chunk : chunks(*metadata_->RowGroup(group))) stored += std::min(chunk.length, size_);
    if (stored > kGroupHeldMax) holds_groups_ = false;
  }
  reader_ = reader(::arrow::TimeUnit::NANO);
  std::shared_ptr<::arrow::Schema> schema;
  check(reader_->GetSchema(&schema));
  tree_ = checked(JsonTree::make(*schema));
  find_int96();
  if (!int96_columns_.empty()) coarse_ = reader(::arrow::TimeUnit::MICRO);
}

::parquet::ReaderProperties ObjectRows::reader_properties() const {
  ::parquet::ReaderProperties properties(::arrow::system_memory_pool());
  properties.set_page_checksum_verification(true);
  if (!holds_groups_) {
    properties.enable_buffered_stream();
    properties.set_buffer_size(
        std::clamp(kWindowsBytes / std::max(1, metadata_->num_columns()), kWindowBytesMin, kWindowBytesMax));
  }
  return properties;
}

std::unique_ptr<::parquet::arrow::FileReader> ObjectRows::reader(::arrow::TimeUnit::type int96_unit) const {
  ::parquet::ArrowReaderProperties properties(/*use_threads=*/false);
  properties.set_pre_buffer(false);  // would use a pool of threads; RangedFile::hold() is what we have for it
  properties.set_arrow_extensions_enabled(true);
  properties.set_coerce_int96_timestamp_unit(int96_unit);
  ::parquet::arrow::FileReaderBuilder builder;
  check(builder.Open(file_, reader_properties(), metadata_));
  builder.memory_pool(::arrow::system_memory_pool());
  builder.properties(properties);
  return checked(builder.Build());
}

void ObjectRows::find_int96() {
  const ::parquet::SchemaDescriptor& schema = *metadata_->schema();
  std::set<const ::parquet::schema::Node*> roots;
  for (int leaf = 0; leaf < schema.num_columns(); ++leaf) {
    if (schema.Column(leaf)->physical_type() == ::parquet::Type::INT96) roots.insert(schema.GetColumnRoot(leaf));
  }
  for (int field = 0; field < schema.group_node()->field_count(); ++field) {
    if (roots.contains(schema.group_node()->field(field).get())) int96_fields_.push_back(field);
  }
  for (int leaf = 0; leaf < schema.num_columns(); ++leaf) {
    if (roots.contains(schema.GetColumnRoot(leaf))) int96_columns_.push_back(leaf);
  }
}

// The bytes of the group's columns as the footer tells, which may be anything: RangedFile looks at them.
std::vector<Span> ObjectRows::chunks(const ::parquet::RowGroupMetaData& group) const {
  std::vector<Span> spans;
  for (int column = 0; column < group.num_columns(); ++column) {
    const auto chunk = group.ColumnChunk(column);
    std::int64_t offset = chunk->data_page_offset();
    if (chunk->has_dictionary_page() && chunk->dictionary_page_offset() > 0) {
      offset = std::min(offset, chunk->dictionary_page_offset());
    }
    spans.push_back({offset, std::max<std::int64_t>(0, chunk->total_compressed_size())});
  }
  return spans;
}

std::int64_t ObjectRows::batch_rows(const ::parquet::RowGroupMetaData& group) const {
  if (rows_ > 0) {
    const auto mean = static_cast<std::int64_t>(bytes_ / rows_) + 1;
    return std::clamp(kBatchBytes / mean, kBatchRowsMin, kBatchRowsMax);
  }
  const std::int64_t mean = group.total_byte_size() / std::max<std::int64_t>(1, group.num_rows()) + 1;
  return std::clamp(kBatchBytes / std::max<std::int64_t>(1, mean), kBatchRowsMin, kBatchRowsFirst);
}

void ObjectRows::read_group(int group) {
  const auto metadata = metadata_->RowGroup(group);
  if (holds_groups_) check(file_->hold(chunks(*metadata)));
  const std::int64_t rows = batch_rows(*metadata);
  reader_->set_batch_size(rows);
  const auto batches = checked(reader_->GetRecordBatchReader({group}));
  std::unique_ptr<::arrow::RecordBatchReader> coarse_batches;
  if (coarse_) {
    coarse_->set_batch_size(rows);
    coarse_batches = checked(coarse_->GetRecordBatchReader({group}, int96_columns_));
  }
  const std::uint64_t before = rows_;
  while (true) {
    std::shared_ptr<::arrow::RecordBatch> batch;
    check(batches->ReadNext(&batch));
    if (!batch) break;
    std::shared_ptr<::arrow::RecordBatch> coarse;
    if (coarse_batches) {
      check(coarse_batches->ReadNext(&coarse));
      if (!coarse || coarse->num_rows() != batch->num_rows()) refuse(Cause::damaged, "columns of different lengths");
      if (coarse->num_columns() != static_cast<int>(int96_fields_.size())) refuse(Cause::damaged, "columns of INT96");
    }
    tree_->bind(*batch, coarse.get(), int96_fields_);
    write(*batch);
  }
  if (static_cast<std::int64_t>(rows_ - before) != metadata->num_rows()) {
    refuse(Cause::damaged, "row group " + std::to_string(group) + " holds " + std::to_string(rows_ - before) +
                               " rows and announces " + std::to_string(metadata->num_rows()));
  }
  file_->release();
}

void ObjectRows::write(const ::arrow::RecordBatch& batch) {
  for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
    text_.begin_row();
    tree_->write(text_, row);
    text_.end_row();
    ++rows_;
    if (text_.bytes() >= parquet_wire::kRowsBytes) flush();
  }
}

}  // namespace

Outcome read_rows(Source& source, const parquet_wire::Opening& opening, const RowsSink& sink) {
  ObjectRows object(source, opening, sink);
  Outcome outcome;
  try {
    object.run();
  } catch (const Refused& refused) {
    outcome.fault = refused.fault;
  } catch (const LongRow&) {
    outcome.fault = Fault{Cause::long_row, "row " + std::to_string(object.rows() + 1) + " is longer than " +
                                               std::to_string(opening.row_bytes_max) + " bytes"};
  } catch (const ::parquet::ParquetStatusException& thrown) {
    outcome.fault = Fault{cause_of(thrown.status()), thrown.status().ToStringWithoutContextLines()};
  } catch (const std::bad_alloc&) {
    outcome.fault = Fault{Cause::memory, "out of memory"};
  } catch (const std::exception& thrown) {
    outcome.fault = Fault{Cause::damaged, thrown.what()};
  }
  object.flush();  // the good rows before a fault
  outcome.rows = object.rows();
  return outcome;
}

}  // namespace dray::parquet_program
