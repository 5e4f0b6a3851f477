// ObjectContent: the bytes of one object of the local cloud: in memory, in a file read when asked for, or made by
// a function.
//
// Immutable once made; read by many threads at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dray::local {

class ObjectContent {
 public:
  using Sink = std::function<Status(std::string_view)>;
  virtual ~ObjectContent() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // Pushes bytes [offset, offset + length), all inside the object, in pieces.
  virtual Status read(std::uint64_t offset, std::uint64_t length, const Sink& sink) const = 0;
};

using Content =
    std::shared_ptr<const ObjectContent>;  // shared: an overwritten object lives on in the answers that send it

Content memory_content(std::string bytes);
// The size is taken now; a file that shrank since ends the answer short.
Result<Content> file_content(const std::string& path);
// Fills `size` bytes at `offset` of an object; must give the same bytes for the same place each time, from any
// thread.
using Generator = std::function<void(std::uint64_t offset, char* into, std::size_t size)>;
Content generated_content(std::uint64_t size, Generator generator);

}  // namespace dray::local
