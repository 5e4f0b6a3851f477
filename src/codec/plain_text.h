// PlainText: the last stage of a decompressor: byte order marks and character sets.
//
// Every file begins anew: a BOM of UTF-8 is removed, one of UTF-16 or UTF-32 makes it transcoded to UTF-8, and so does
// a character set that the definition names. At a joint (the next gzip member, the next frame) a BOM behind a line end
// is removed too: whole files are appended to each other so. Other bytes pass as they are, in the chunks in which they
// come. Counts them. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "codec/codec.h"
#include "codec/transcoder.h"

namespace dray::codec {

class PlainText final {
 public:
  // charset: empty for none.
  PlainText(std::string charset, FileSink& sink) : charset_(std::move(charset)), marks_(sink) {}

  // Begins a file whose first bytes, or all, are these; they are written afterwards.
  void begin_file(std::string_view first);
  Status write(std::string_view chunk);
  void joint() { marks_.arm(); }
  Status end_file();
  [[nodiscard]] std::uint64_t bytes() const { return marks_.bytes(); }

 private:
  // Removes a UTF-8 BOM where one may stand.
  class MarkRemover final : public FileSink {
   public:
    explicit MarkRemover(FileSink& sink) : sink_(sink) {}
    Status write(std::string_view chunk) override;
    Status end_file() override;
    void begin_file();
    // What comes next may be a BOM, if a line ended here.
    void arm();
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

   private:
    Status match(std::string_view& chunk);
    Status push(std::string_view chunk);

    FileSink& sink_;
    bool armed_ = false;
    std::size_t matched_ = 0;  // of the mark, held back
    char last_ = '\n';
    std::uint64_t bytes_ = 0;
  };

  std::string charset_;
  MarkRemover marks_;
  std::unique_ptr<Transcoder> transcoder_;
};

}  // namespace dray::codec
