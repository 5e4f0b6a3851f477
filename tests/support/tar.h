// tar archives for tests, by hand: ustar, as POSIX has it. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dray::test {

struct Entry {
  std::string name;
  std::string plain;
};

inline std::string tar_header(const std::string& name, std::size_t size, char type = '0') {
  std::string header(512, '\0');
  const auto put = [&header](std::size_t at, const std::string& text) { header.replace(at, text.size(), text); };
  const auto octal = [](std::size_t value, int digits) {
    std::string text(static_cast<std::size_t>(digits), '0');
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, value /= 8)
      *digit = static_cast<char>('0' + value % 8);
    return text;
  };
  put(0, name.substr(0, 100));
  put(100, "0000644");
  put(124, octal(size, 11));
  put(136, "14574000000");
  put(148, std::string(8, ' '));
  header[156] = type;
  put(257, std::string("ustar\x00", 6) + "00");
  std::size_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, octal(sum, 6) + std::string("\0 ", 2));
  return header;
}

inline std::string tar_entry(const std::string& name, std::string_view plain, char type = '0') {
  return tar_header(name, plain.size(), type) + std::string(plain) +
         std::string((512 - plain.size() % 512) % 512, '\0');
}

inline std::string tar(const std::vector<Entry>& entries) {
  std::string out;
  for (const Entry& entry : entries) out += tar_entry(entry.name, entry.plain);
  return out + std::string(1024, '\0');
}

}  // namespace dray::test
