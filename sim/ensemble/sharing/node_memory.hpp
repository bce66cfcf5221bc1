// Blocks of read-only memory that all ranks of a node see, made when the first of them asks. May
// depend on: MPI, Linux.
//
// One anonymous file of the node's memory (memfd) holds them, one after the other. It has no name,
// so nothing is left behind by a kill; whoever fills a block holds a lock on it, which ends with
// its holder. No rank waits for another one but for the time of filling, and none has to ask.
#pragma once
#include <mpi.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace symbreak::ensemble {

class NodeMemory {
 public:
  using Block = std::shared_ptr<const std::byte>;
  using Place = std::function<std::byte*(std::size_t bytes)>;
  using Fill = std::function<void(const Place& place)>;

  /// Collective.
  explicit NodeMemory(MPI_Comm communicator);
  ~NodeMemory();
  NodeMemory(const NodeMemory&) = delete;
  NodeMemory& operator=(const NodeMemory&) = delete;

  /// Whether there are several ranks here, and this one can see what they have in common.
  bool shared() const { return file_ >= 0; }
  /// The block of this name, filled by this rank if no other one has. Outlives this object. Where
  /// memory for all cannot be had, this rank has a block of its own. Passes on what `fill` throws.
  Block get(const std::string& name, const Fill& fill) const;

 private:
  int file_ = -1;
};

}  // namespace symbreak::ensemble
