// What a worker and this program say to each other; README.md has it for authors of workers. May
// depend on: sim/deck, Eigen.
//
// A worker inherits two descriptors: 3, a socket on which requests and replies of 32 bytes go to
// and fro, and 4, the memory that the numbers are in. Its first words on 3 are one line of JSON,
// the hello.
#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

namespace symbreak::target::network {

using Eigen::Index;

inline constexpr int kProtocol = 1;  ///< version, said in the hello
inline constexpr int kBell = 3, kMemory = 4;

/// What a worker says of itself when it is ready.
struct Hello {
  std::vector<Index> shape;  ///< of one state: sides, the channels first; its product is d
  double lowest = 0, highest = INFINITY;  ///< noise levels s that it answers
  bool deterministic = true;  ///< the same states in the same batches give the same bits
  bool jacobian = false;      ///< it can multiply by its Jacobian
  Index features = 0;         ///< numbers per state of its features; 0: none
  Index classes = 0;          ///< that it tells apart; 0: none
  Index conditional = 0;      ///< classes whose clean means it knows; 0: none
  bool single = false;        ///< numbers in the memory are floats, but for the noise levels
  std::string weights;        ///< hash of all that decides its answers; "": it does not say
  std::string name;           ///< for people

  Index dimension() const;
};

/// The hello in a line of JSON. Throws std::invalid_argument that says what is wrong with it.
Hello read_hello(const std::string& line);

enum class Operation : std::uint64_t {
  mean = 1,
  jacobian = 2,
  features = 3,
  classify = 4,
  conditional = 5  ///< the clean mean given a class
};
/// In words, as in "asked for the clean mean".
const char* name(Operation operation);

/// Numbers in the memory are little-endian doubles, or floats where the hello says so, one after the
/// other: n noise levels s, always doubles; n states of d coordinates; with Operation::jacobian n
/// directions of d, with Operation::conditional n class numbers; then room for n answers.
struct Request {
  std::uint64_t operation;
  std::uint64_t states;  ///< n
  std::uint64_t bytes;   ///< size of the memory, which grows: map it again when it has changed
  std::uint64_t serial;  ///< to be said back
};
struct Reply {
  std::uint64_t status;   ///< 0; else the worker could not, and has said why on its standard error
  std::uint64_t states;   ///< n
  std::uint64_t numbers;  ///< per state, of the answer
  std::uint64_t serial;
};
static_assert(sizeof(Request) == 32 && sizeof(Reply) == 32);

}  // namespace symbreak::target::network
