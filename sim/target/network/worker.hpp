// A worker: another program that answers what a network knows, one process per rank. May depend on:
// protocol.hpp, process.hpp, shared_memory.hpp.
#pragma once
#include <Eigen/Core>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/target/network/descriptor.hpp"
#include "sim/target/network/process.hpp"
#include "sim/target/network/protocol.hpp"
#include "sim/target/network/shared_memory.hpp"

namespace symbreak::target::network {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A worker that cannot be started or is of no use: the user's to see to (status 2).
struct WorkerRefusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// How a worker is started and waited for.
struct Launch {
  std::string program;                 ///< file
  std::vector<std::string> arguments;  ///< words after its name
  double start_timeout = 120;          ///< seconds until the hello
  double timeout = 600;                ///< seconds until an answer
};

/// The words that start it: the file itself where it may be executed, python3 and the file where it
/// ends in .py. Throws WorkerRefusal.
std::vector<std::string> command(const Launch& launch);

/// A running worker. It is in a process group of its own, so that a signal to this program does not
/// cut its answer short; its standard output and error are one pipe whose last lines go into
/// messages; it ends when this object does, or this process, however killed.
class Worker {
 public:
  /// Waits for the hello. Throws WorkerRefusal.
  explicit Worker(Launch launch);

  const Hello& hello() const { return hello_; }
  /// Answers for each state x (d x walkers) at noise s (walkers), into `answers` (numbers x
  /// walkers). `more`: the directions of Operation::jacobian (d x walkers), the classes of
  /// Operation::conditional (1 x walkers). Throws std::runtime_error that says what the worker did
  /// instead, with its last lines; the worker is gone then.
  void ask(Operation operation, const Eigen::Ref<const MatrixXd>& x,
           const Eigen::Ref<const VectorXd>& s, const Eigen::Ref<const MatrixXd>& more,
           Eigen::Ref<MatrixXd> answers);

 private:
  enum class Received { all, hung_up, too_late };
  /// Reads `size` bytes, or a line of at most `size` bytes, and listens to what is printed.
  Received receive(char* into, std::size_t size, double seconds, bool line = false);
  void listen();
  std::string last_lines();
  [[noreturn]] void fail(const std::string& what);
  /// What became of it: it hung up, or did not answer within `seconds`.
  [[noreturn]] void fail(Received received, const std::string& doing, double seconds);
  void begin();
  /// Rings the bell and waits for the reply to it.
  void exchange(Operation operation, Index states, Index numbers);

  Launch launch_;
  SharedMemory memory_;
  Descriptor printed_;
  std::string tail_;  ///< of what it has printed
  Hello hello_;
  std::uint64_t serial_ = 0;
  bool ready_ = false;
  std::unique_ptr<Process> process_;
  Descriptor bell_;  ///< last: closed first, which ends the process
};

}  // namespace symbreak::target::network
