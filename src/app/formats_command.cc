#include "app/formats_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <vector>

#include "app/exit_codes.h"
#include "app/standard_output.h"
#include "codec/codec.h"
#include "config/complaint.h"
#include "format/splitter.h"

namespace dray::app {
namespace {

using codec::Codec;
using format::Format;
using format::Option;

std::vector<std::string_view> names() {
  std::vector<std::string_view> all;
  for (const Format* format : format::all_formats()) all.push_back(format->name);
  for (const Codec* codec : codec::all_codecs()) all.push_back(codec->name);
  return all;
}

std::string list() {
  std::size_t width = 0;
  for (const std::string_view name : names()) width = std::max(width, name.size());
  std::string text = "Formats (file_format.type):\n";
  for (const Format* format : format::all_formats()) {
    text += fmt::format("  {:<{}}  {}\n", format->name, width, format->summary);
  }
  text += "\nCodecs (recognised by the first bytes; encoding: NAME asks for one):\n";
  for (const Codec* codec : codec::all_codecs()) {
    text += fmt::format("  {:<{}}  {}\n", codec->name, width, codec->summary);
  }
  return text + "\n`dray formats NAME` shows the options of one.\n";
}

// What a definition needs at least, with every option as a comment.
std::string example(const Format& format) {
  std::string text = fmt::format("file_format:\n  type: {}\n", format.name);
  if (!format.options.empty()) text += "  config:\n";
  for (const Option& option : format.options) text += fmt::format("    # {}: {}\n", option.name, option.values);
  return text;
}

std::string describe(const Format& format) {
  std::string text = fmt::format("{}\n  {}\n", format.name, format.summary);
  if (format.options.empty()) text += "\nIt has no options.\n";
  if (!format.options.empty()) text += "\nOptions (file_format.config):\n";
  for (const Option& option : format.options) {
    text += fmt::format("  {}: {}\n      {}\n", option.name, option.values, option.meaning);
  }
  if (const format::OptionFaults alone = format.check({}); !alone) {
    text += fmt::format("\nWithout options: {}\n", alone.text());
  }
  return text + "\nIn a service:\n\n" + example(format);
}

std::string describe(const Codec& codec) {
  return fmt::format(
      "{}\n  {}\n\nRecognised by its first bytes, whatever the object's name says. A service that takes nothing "
      "else:\n\n"
      "encoding: {}\n",
      codec.name, codec.summary, codec.name);
}

// In a cell of a table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string no_such_format(std::string_view name) {
  const auto all = names();
  std::string_view near = config::nearest_key(name, all);
  if (near.empty()) near = config::name_with_part(name, all);
  return fmt::format("dray: there is no format or codec \"{}\"{}\nAll of them: dray formats\n", name,
                     near.empty() ? "" : fmt::format("; did you mean {}?", near));
}

}  // namespace

std::string formats_markdown() {
  std::string text =
      "# Formats and codecs\n\nMade by `dray formats --markdown` from the code; a test keeps it so. What each does "
      "with odd input: [formats.md](formats.md) and [codecs.md](codecs.md).\n\n## Codecs\n\n"
      "| `encoding` | reads |\n|---|---|\n";
  for (const Codec* codec : codec::all_codecs()) {
    text += fmt::format("| `{}` | {} |\n", codec->name, cell(codec->summary));
  }
  text += "\n## Formats\n";
  for (const Format* format : format::all_formats()) {
    text += fmt::format("\n### `{}`\n\n{}\n", format->name, format->summary);
    if (!format->options.empty()) text += "\n| option | value | meaning |\n|---|---|---|\n";
    for (const Option& option : format->options) {
      text += fmt::format("| `{}` | {} | {} |\n", option.name, cell(option.values), cell(option.meaning));
    }
  }
  return text;
}

int show_formats(const FormatsCommand& command) {
  std::string text;
  if (command.markdown) {
    text = formats_markdown();
  } else if (command.name.empty()) {
    text = list();
  } else if (const Format* format = format::find_format(command.name)) {
    text = describe(*format);
  } else if (const Codec* codec = codec::find_codec(command.name)) {
    text = describe(*codec);
  } else {
    std::fputs(no_such_format(command.name).c_str(), stderr);
    return kExitUsage;
  }
  return write_stdout(text, kExitDone);
}

}  // namespace dray::app
