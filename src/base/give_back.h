// give_back: empties a string or vector and returns its memory to the allocator. For buffers that one large record made
// large. `x = {}` is not enough: it keeps what was allocated. Any thread.
#pragma once

namespace dray {

template <class Container>
void give_back(Container& container) {
  Container().swap(container);
}

}  // namespace dray
