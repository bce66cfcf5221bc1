#include "sim/target/points/blocks.hpp"

#include <utility>

namespace symbreak::target {

namespace {

Blocks how_blocks_are_shared;

}  // namespace

void share_blocks(Blocks blocks) { how_blocks_are_shared = std::move(blocks); }
bool shares_blocks() { return how_blocks_are_shared != nullptr; }
Block block(const std::string& name, const Fill& fill) { return how_blocks_are_shared(name, fill); }

}  // namespace symbreak::target
