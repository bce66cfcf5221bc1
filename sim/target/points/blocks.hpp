// Read-only memory that the processes of a machine may have in common: what every one of them would
// read from the same file. May depend on: nothing.
//
// Who knows the other processes (main) says once how blocks are shared; a target only names them.
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace symbreak::target {

/// The first byte, at a multiple of 64; the memory lives as long as somebody holds it.
using Block = std::shared_ptr<const std::byte>;
/// Memory of so many bytes, to be filled.
using Place = std::function<std::byte*(std::size_t bytes)>;
/// Asks once for a place and fills it; may throw before that.
using Fill = std::function<void(const Place& place)>;
/// The block of this name: whoever asks first fills it, all others wait and have the same.
using Blocks = std::function<Block(const std::string& name, const Fill& fill)>;

/// From now on in this process; nothing: every process has its own memory.
void share_blocks(Blocks blocks);
bool shares_blocks();
/// Of a process that shares blocks.
Block block(const std::string& name, const Fill& fill);

}  // namespace symbreak::target
