#include "decode/object_decoder.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "decode/raw_rest.h"
#include "decode/recognizer.h"
#include "decode/trouble.h"

namespace dray::decode {
namespace {

using flow::Disposition;
using flow::Trouble;

void keep_last(std::string& kept, std::string_view bytes) {
  if (bytes.size() >= ObjectDecoder::kBytesInHand) {
    kept = bytes.substr(bytes.size() - ObjectDecoder::kBytesInHand);
    return;
  }
  kept += bytes;
  if (kept.size() > ObjectDecoder::kBytesInHand) kept.erase(0, kept.size() - ObjectDecoder::kBytesInHand);
}

bool may_hold_back(const ReadyService& service) {
  const Settings& options = service.splitter.options;
  return options.contains("include") || options.contains("skip") ||
         (service.format != nullptr && service.format->name == "cloudwatch_logs_processor");
}

bool can_be_split_again(const TextRest& rest) {
  if (rest.given == 0) return true;
  // Where these stand in the text when they give a record, only they know.
  return rest.service->format->name != "incapsula_processor" && !rest.service->splitter.options.contains("indices");
}

}  // namespace

// Where the plain bytes come out of the decompressor, text after text: knows whose error it is, and keeps the last
// bytes if asked to.
class ObjectDecoder::Texts final : public codec::FileSink {
 public:
  Texts(ObjectDecoder& decoder, bool keeps) : decoder_(decoder), keeps_(keeps) {}

  Status write(std::string_view chunk) override {
    if (passed_over_) return {};
    if (keeps_) keep_last(kept_, chunk);
    if (text_ == nullptr) {
      ++number_;
      text_ = &decoder_.begin_text();
    }
    Status status = text_->write(chunk);
    if (status) return status;
    pass_over();
    return ended(std::move(status));
  }
  Status end_file() override {
    passed_over_ = false;
    return text_ == nullptr ? Status() : ended(finish());
  }

  [[nodiscard]] std::uint64_t number() const { return number_; }  // of the text at hand, or the last one
  [[nodiscard]] bool is_open() const { return text_ != nullptr; }
  // Ends the open text where it is.
  Status finish() { return std::exchange(text_, nullptr)->finish(); }
  // What stands behind in the open text is nobody's.
  void pass_over() {
    text_ = nullptr;
    passed_over_ = true;
  }
  // Why the text at hand refused its bytes, if it did and that ends the object.
  std::optional<Error> take_refusal() { return std::exchange(refusal_, std::nullopt); }
  [[nodiscard]] std::string_view kept() const { return kept_; }

 private:
  Status ended(Status status) {
    if (!status) status = decoder_.text_ended(std::move(status));
    if (!status) refusal_ = status.error();
    return status;
  }

  ObjectDecoder& decoder_;
  const bool keeps_;
  std::string kept_;
  std::uint64_t number_ = 0;
  ByteSink* text_ = nullptr;
  bool passed_over_ = false;  // what is left of the text is nobody's
  std::optional<Error> refusal_;
};

// Bytes of an object that filename filters exclude.
class ObjectDecoder::Nowhere final : public ByteSink {
 public:
  Status write(std::string_view /*chunk*/) override { return {}; }
  Status finish() override { return {}; }
};

ObjectDecoder::ObjectDecoder(const ReadyService& service, const flow::ObjectRef& object, flow::EventSink& events,
                             codec::DecompressorScratch& scratch, const Disposal& disposal, DecodeObserver* observer)
    : service_(service),
      object_(object),
      scratch_(scratch),
      disposal_(disposal),
      observer_(observer),
      by_key_(choose_by_key(service, object.key)),
      routes_(object, events, observer),
      troubles_(disposal.dispositions) {
  if (known_by_key()) choose(by_key_.service);
  texts_ = std::make_unique<Texts>(*this, disposal_.dispositions.any(Disposition::quarantine));
  decompress(first_options());
}

ObjectDecoder::~ObjectDecoder() = default;

// Those of the key, however the first bytes are recognised later: they came out with them.
const codec::DecompressorOptions& ObjectDecoder::first_options() const {
  return (by_key_.service != nullptr ? *by_key_.service : service_).decompressor;
}

void ObjectDecoder::decompress(const codec::DecompressorOptions& options) {
  decompressor_.reset();  // the scratch serves one at a time
  decompressor_ = codec::make_decompressor(options, *texts_, scratch_);
}

void ObjectDecoder::choose(const ReadyService* chosen) {
  chosen_ = chosen;
  if (observer_ != nullptr) observer_->chosen(chosen, !known_by_key());
  if (chosen == nullptr) return;
  routes_.begin(*chosen);
  if (flaws_pass()) return;
  if (flaws_ == nullptr) flaws_ = std::make_unique<FlawSink>(disposal_, *routes_.sink(), observer_);
  flaws_->pass_to(*routes_.sink());
}

ByteSink& ObjectDecoder::begin_text() {
  if (rest_) return begin_rest_of_text();
  given_before_ = given();
  if (observer_ != nullptr && decompressor_->is_archive()) observer_->entry(texts_->number());
  if (known_by_key()) return split();
  chosen_ = nullptr;
  recognizer_ = std::make_unique<Recognizer>(service_, object_, [this](const ReadyService* chosen) -> ByteSink& {
    choose(chosen);
    return split();
  });
  return *recognizer_;
}

ByteSink& ObjectDecoder::split() {
  if (chosen_ == nullptr) {
    splitter_ = std::make_unique<Nowhere>();
  } else if (flaws_ != nullptr) {
    splitter_ = chosen_->format->make(chosen_->splitter, *flaws_);
  } else {
    splitter_ = chosen_->format->make(chosen_->splitter, *routes_.sink());
  }
  return *splitter_;
}

// Then nothing stands between splitter and router: oversize records that are left never come as records.
bool ObjectDecoder::flaws_pass() const {
  return disposal_.dispositions.of(Trouble::undecodable_record) == Disposition::send_raw &&
         (disposal_.dispositions.of(Trouble::oversize_record) == Disposition::send_raw ||
          !chosen_->splitter.oversize_in_pieces);
}

Status ObjectDecoder::write(std::string_view stored) {
  if (rest_over_) return {};
  if (disposal_.dispositions.any(Disposition::quarantine) && texts_->kept().empty()) keep_last(stored_tail_, stored);
  return noted(decompressor_->write(stored));
}

Status ObjectDecoder::finish() {
  if (rest_over_) return {};
  if (Status status = noted(decompressor_->finish()); !status) return status;
  if (rest_) return rest_taken();
  return troubles_.any() ? tell() : Status();
}

// A text of several in trouble is noted and the next ones are read; every other fault ends the object.
Status ObjectDecoder::text_ended(Status status) {
  if (rest_ || !decompressor_->is_archive() || !trouble_of(status.error())) return status;
  Error error = with_context(std::move(status).error(), fmt::format("entry {}", texts_->number()));
  if (observer_ != nullptr) observer_->entry_fault(error);
  note_text(std::move(error));
  return {};
}

Status ObjectDecoder::pause() {
  return rest_over_ ? Status() : noted(decompressor_->pause());
}

// An error that is the object's own is trouble; damage to the compression does not take along what came out before it.
// What was held back until then is given to the text, which may refuse it: that is trouble of its own, or no trouble at
// all but an output that is down, and must not pass for the damage.
Status ObjectDecoder::noted(Status status) {
  if (status || (!rest_ && status.error().code == kParquetObject)) return status;
  std::optional<Error> refusal = texts_->take_refusal();
  const bool of_compression = !refusal || refusal->message != status.error().message;
  if (!refusal && !rest_ && trouble_of(status.error())) refusal = release_held();
  if (refusal && !trouble_of(*refusal)) return *std::move(refusal);
  if (!trouble_of(status.error())) return status;
  if (rest_) return refusal ? Status(*std::move(refusal)) : end_of_rest();
  if (refusal) note_text(*std::move(refusal));
  if (of_compression) note_compression(std::move(status).error());
  return tell();
}

// What came out before the damage of a text that was not recognised yet. Why it is refused, if it is.
std::optional<Error> ObjectDecoder::release_held() {
  if (!texts_->is_open() || recognizer_ == nullptr) return std::nullopt;
  Status released = recognizer_->release();
  if (released) return std::nullopt;
  texts_->pass_over();
  released = text_ended(std::move(released));
  return released ? std::nullopt : std::optional(std::move(released).error());
}

// The fault of a text: what stands behind it in the object is not touched.
void ObjectDecoder::note_text(Error error) {
  Trouble trouble = *trouble_of(error);
  // What no format knows is a text without records. One that has some is damaged behind them.
  if (trouble == Trouble::unknown_format && given() > given_before_) trouble = Trouble::corrupt_object;
  // Alone in its object it may be the bytes as they are stored that are left to send.
  not_unpacked_ = trouble == Trouble::unknown_codec && !decompressor_->is_archive();
  note(trouble, std::move(error));
  if (disposal_.dispositions.of(trouble) == Disposition::send_raw && !not_unpacked_) keep_rest();
}

// The fault of the bytes around the texts: there are no more of them.
void ObjectDecoder::note_compression(Error error) {
  const Trouble trouble = *trouble_of(error);
  not_unpacked_ = trouble == Trouble::unknown_codec;
  note(trouble, std::move(error));
  if (disposal_.dispositions.of(trouble) != Disposition::send_raw || not_unpacked_ || !texts_->is_open()) return;
  // The record that was begun, as far as it came. A format that cannot end here leaves it to the second reading.
  if (Status ended = texts_->finish(); !ended) keep_rest();
}

void ObjectDecoder::note(Trouble trouble, Error error) {
  troubles_.note(trouble, std::move(error), chosen_, texts_->kept());
}

void ObjectDecoder::keep_rest() {
  troubles_.keep_rest({.number = texts_->number(), .service = chosen_, .given = given() - given_before_});
}

Error ObjectDecoder::tell() {
  trouble_ = troubles_.trouble();
  return troubles_.error();
}

bool ObjectDecoder::expects_parquet() const {
  return reads_parquet(chosen_ != nullptr ? *chosen_ : service_);
}

flow::RecordSink* ObjectDecoder::begin_rows() {
  rows_ = true;
  if (known_by_key()) return row_sink();
  row_recognizer_ = std::make_unique<RowRecognizer>(service_, object_, [this](const ReadyService* chosen) {
    choose(chosen);
    return row_sink();
  });
  return row_recognizer_.get();
}

flow::RecordSink* ObjectDecoder::row_sink() {
  return flaws_ != nullptr ? static_cast<flow::RecordSink*>(flaws_.get()) : routes_.sink();
}

Status ObjectDecoder::end_rows(Status status) {
  if (!status) trouble_ = trouble_of(status.error());
  // What may pass comes back with more rows. Damage does not: those before it go out.
  if (row_recognizer_ == nullptr || (!status && !trouble_)) return status;
  Status recognised = row_recognizer_->finish();
  if (!status || recognised) return status;
  trouble_ = trouble_of(recognised.error());
  return recognised;
}

bool ObjectDecoder::rest_is_text() const {
  if (rows_ || troubles_.has_too_many()) return false;
  if (not_unpacked_ && (given() > 0 || !troubles_.rests().empty())) return false;
  return std::ranges::all_of(troubles_.rests(), can_be_split_again);
}

void ObjectDecoder::begin_rest() {
  trailing_garbage_ = trailing_garbage();
  codec::DecompressorOptions options = first_options();
  // Bytes that nobody can unpack are taken as they are stored.
  if (not_unpacked_) {
    options = {.encoding = codec::Encoding::none};
    troubles_.keep_rest({.number = 1, .service = chosen_, .given = 0});
  }
  rest_ = true;
  texts_ = std::make_unique<Texts>(*this, false);
  decompress(options);
}

ByteSink& ObjectDecoder::begin_rest_of_text() {
  const TextRest* rest = troubles_.take_rest(texts_->number());
  if (rest == nullptr) {
    splitter_ = std::make_unique<Nowhere>();
    return *splitter_;
  }
  const ReadyService& service = rest->service != nullptr ? *rest->service : service_;
  routes_.begin(service);
  if (observer_ != nullptr && decompressor_->is_archive()) observer_->entry(texts_->number());
  splitter_ = std::make_unique<RawRest>(RawRest::Given{.format = service.format,
                                                       .options = service.splitter,
                                                       .records = rest->given,
                                                       .may_hold_back = may_hold_back(service)},
                                        *routes_.sink());
  return *splitter_;
}

// The damage again: what came out before it is all there is.
Status ObjectDecoder::end_of_rest() {
  rest_over_ = true;
  if (texts_->is_open()) {
    if (Status status = texts_->finish(); !status) return status;
  }
  return rest_taken();
}

Status ObjectDecoder::rest_taken() const {
  if (troubles_.all_rests_taken()) return {};
  return Error{ErrorKind::later, "other_records", "the second reading gave fewer texts than the first"};
}

std::string_view ObjectDecoder::bytes_in_hand() const {
  return troubles_.bytes_in_hand().empty() ? std::string_view(stored_tail_) : troubles_.bytes_in_hand();
}

const std::string& ObjectDecoder::service_name() const {
  const ReadyService* found = trouble_ && !rows_ ? troubles_.service() : chosen_;
  return (found != nullptr ? *found : service_).service->definition().name;
}

}  // namespace dray::decode
