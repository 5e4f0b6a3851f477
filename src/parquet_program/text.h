// Text: the buffer that rows are written into, and how values look as JSON. docs/parquet.md has the rules.
//
// Rows stand as the `rows` frame wants them: four bytes of length, then the JSON. Grows with the row at hand up to
// row_bytes_max; beyond it LongRow is thrown. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace dray::parquet_program {

struct LongRow {};

class Text {
 public:
  explicit Text(std::size_t row_bytes_max) : row_bytes_max_(row_bytes_max) {}

  void begin_row();
  void end_row();  // LongRow if it is too long
  // Whole rows only: what an unfinished row left is dropped first.
  [[nodiscard]] std::string_view rows();
  [[nodiscard]] std::size_t bytes() const { return size_; }
  void clear() { size_ = row_start_ = 0; }

  void put(char c) { *room(1) = c, ++size_; }
  void put(std::string_view text) {
    std::memcpy(room(text.size()), text.data(), text.size());
    size_ += text.size();
  }
  void put_integer(std::int64_t value);
  void put_unsigned(std::uint64_t value);
  // Shortest digits that read back as the same value, in Python's way: 1.0, 0.1, 1e+16. "NaN", "Infinity", "-Infinity".
  void put_double(double value);
  void put_float(float value);
  // In quotes; bytes as they are, but for what JSON escapes.
  void put_string(std::string_view bytes);
  // Text if it is UTF-8, else base64.
  void put_bytes(std::string_view bytes);
  void put_base64(std::string_view bytes);
  void put_uuid(std::string_view sixteen);
  // A whole number as decimal text, with the point `scale` digits before its end.
  void put_scaled(std::string_view digits, int scale);

 private:
  // Where at least `count` bytes may be written next.
  char* room(std::size_t count) {
    if (bytes_.size() - size_ < count) [[unlikely]]
      grow(count);
    return bytes_.data() + size_;
  }
  void grow(std::size_t count);
  template <class Number>
  void put_number(Number value);
  template <class Float>
  void put_float_digits(Float value);
  void put_escaped(std::string_view block);

  std::vector<char> bytes_;
  std::size_t size_ = 0;
  std::size_t row_start_ = 0;
  const std::size_t row_bytes_max_;
};

bool is_utf8(std::string_view bytes);

}  // namespace dray::parquet_program
