// Confinement: what is left of the process while it reads a file that somebody else wrote.
//
// No files, no network, no new processes, no threads, no executable memory, a limit of memory, no root. It can read and
// write the one socket that it was started with (descriptor 0), allocate, and end. Called once, after the libraries are
// loaded. False: it could not be had, and the process must not go on.
#pragma once

#include <cstdint>

namespace dray::parquet_program {

// Of address space, the libraries included (about 70 MiB).
inline constexpr std::uint64_t kMemoryBytesMax = std::uint64_t{1} << 30U;

bool confine(std::uint64_t memory_bytes_max);

}  // namespace dray::parquet_program
