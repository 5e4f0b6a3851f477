// ObjectDecoder: the stored bytes of one object in, its events out: decompress ▸ recognise ▸ split ▸ filter and tag.
//
// The chain that a worker, `dray try`, the tests of definitions and the golden cases share. Streaming: nothing here
// holds the object. Errors are those of the codec (docs/formats.md), of the format, of recognition and of the sink,
// after everything before them was sent; trouble() then tells whether the object itself is at fault. One thread at a
// time.
//
// An object is one text, unless it is an archive: each entry is a text of its own, with its own splitter and, where the
// key does not tell, a service of its own. Records are numbered through all of them. A text in trouble ends there, and
// the next ones are read; the object's end then tells (troubles.h).
//
// An object in trouble can be read once more, from its first stored byte: after begin_rest() the decoder sends as plain
// lines what it has not sent yet, with ordinals that go on. What a damaged compression does not give it cannot send.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_sink.h"
#include "codec/decompressor.h"
#include "decode/decode_observer.h"
#include "decode/flaw_sink.h"
#include "decode/ready_service.h"
#include "decode/routes.h"
#include "decode/troubles.h"
#include "flow/disposition.h"
#include "flow/event_sink.h"
#include "flow/object_ref.h"

namespace dray::decode {

// The code of write()'s error if the object is parquet, which is no trouble: begin_rows() is the way to go on.
inline constexpr const char* kParquetObject = "parquet_object";

class ObjectDecoder final : public ByteSink {
 public:
  // All of them outlive the decoder. observer: nullptr if nobody wants to know.
  ObjectDecoder(const ReadyService& service, const flow::ObjectRef& object, flow::EventSink& events,
                codec::DecompressorScratch& scratch, const Disposal& disposal = {}, DecodeObserver* observer = nullptr);
  ~ObjectDecoder() override;

  Status write(std::string_view stored) override;
  Status finish() override;
  // Nothing more comes for now, and somebody watches (codec/decompressor.h). Recognition by content goes on waiting.
  Status pause();

  // The rows of a parquet object are records already and go past decompressor and splitter: begin_rows() in place of
  // write(), or after it answered kParquetObject; then the rows into what it gave (nullptr: filename filters exclude
  // the object), and end_rows() with how that ended in place of finish(). A definition that is any of several and does
  // not know such an object by its key recognises it by its first rows.
  [[nodiscard]] bool expects_parquet() const;
  [[nodiscard]] flow::RecordSink* begin_rows();
  Status end_rows(Status status);
  [[nodiscard]] std::size_t record_bytes_max() const { return service_.splitter.record_bytes_max; }

  // What is wrong with the object, after write() or finish() gave an error that is the object's own.
  [[nodiscard]] std::optional<flow::Trouble> trouble() const { return trouble_; }
  // After trouble that is sent raw: nothing is left for a second reading.
  [[nodiscard]] bool rest_sent() const { return trouble_ && !rows_ && !not_unpacked_ && troubles_.rests().empty(); }
  // False: a second reading could not send it, so that send_raw would lose it: rows of parquet, compression that nobody
  // unpacks behind records that were sent, formats that keep lines (`indices`) or unpack by themselves, and more than
  // Troubles::kRestsMax texts in trouble.
  [[nodiscard]] bool rest_is_text() const;
  // Its errors: those of decode/raw_rest.h; then nothing was sent, and the object is left.
  void begin_rest();
  // The last plain bytes (stored ones, if there were none) before the trouble, up to kBytesInHand; empty unless an
  // object's disposition is quarantine.
  static constexpr std::size_t kBytesInHand = 4096;
  [[nodiscard]] std::string_view bytes_in_hand() const;

  // Whose it is (of an archive: whose the text is that the trouble tells of); until then the service that was asked.
  [[nodiscard]] const std::string& service_name() const;
  [[nodiscard]] std::uint64_t records() const { return routes_.records(); }
  [[nodiscard]] std::uint64_t events() const { return routes_.events(); }
  [[nodiscard]] std::uint64_t filtered() const { return routes_.filtered(); }
  // The compressions found, from the outside in; none if the object is plain. And what came out of them.
  [[nodiscard]] std::vector<std::string_view> layers() const { return decompressor_->layers(); }
  [[nodiscard]] std::uint64_t plain_bytes() const { return decompressor_->plain_bytes(); }
  [[nodiscard]] Disposed disposed() const { return flaws_ == nullptr ? Disposed{} : flaws_->disposed(); }
  [[nodiscard]] bool trailing_garbage() const { return trailing_garbage_ || decompressor_->trailing_garbage(); }

 private:
  class Texts;
  class Nowhere;
  void choose(const ReadyService* chosen);
  [[nodiscard]] flow::RecordSink* row_sink();
  void decompress(const codec::DecompressorOptions& options);
  ByteSink& begin_text();
  ByteSink& begin_rest_of_text();
  ByteSink& split();
  Status text_ended(Status status);
  Status noted(Status status);
  std::optional<Error> release_held();
  void note_text(Error error);
  void note_compression(Error error);
  void note(flow::Trouble trouble, Error error);
  void keep_rest();
  Error tell();
  Status end_of_rest();
  [[nodiscard]] Status rest_taken() const;
  [[nodiscard]] const codec::DecompressorOptions& first_options() const;
  [[nodiscard]] bool known_by_key() const { return by_key_.kind != Choice::Kind::unknown; }
  [[nodiscard]] bool flaws_pass() const;
  // Records that the splitter has given, sent or disposed of.
  [[nodiscard]] std::uint64_t given() const { return flaws_ != nullptr ? flaws_->records() : records(); }

  const ReadyService& service_;
  const flow::ObjectRef& object_;
  codec::DecompressorScratch& scratch_;
  const Disposal disposal_;
  DecodeObserver* const observer_;
  const Choice by_key_;
  const ReadyService* chosen_ = nullptr;  // who decodes the text; nullptr until recognised, and if nobody does

  // The chain, last first.
  Routes routes_;
  std::unique_ptr<FlawSink> flaws_;  // only if some records with a flaw do not pass
  std::unique_ptr<ByteSink> splitter_;
  std::unique_ptr<class Recognizer> recognizer_;
  std::unique_ptr<class RowRecognizer> row_recognizer_;
  std::unique_ptr<Texts> texts_;
  std::unique_ptr<codec::Decompressor> decompressor_;

  Troubles troubles_;
  std::optional<flow::Trouble> trouble_;  // once the object has ended in it
  std::string stored_tail_;
  std::uint64_t given_before_ = 0;  // records of the texts before this one
  bool rows_ = false;               // of a parquet object
  bool rest_ = false;               // the second reading
  bool rest_over_ = false;          // its compression has ended in the same trouble
  bool not_unpacked_ = false;       // its bytes are in a compression that nobody reads
  bool trailing_garbage_ = false;
};

}  // namespace dray::decode
