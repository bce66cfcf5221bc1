// A child process. May depend on: descriptor.hpp, the system.
#pragma once
#include <string>
#include <vector>

namespace symbreak::target::network {

/// Ends with this object: it is given a moment after its input has closed, then killed with all of
/// its group. The kernel kills it as well when this process is killed, where the system has
/// setpriv (util-linux).
class Process {
 public:
  /// words[0] is a file or a name in PATH; `inherited` are what it has as descriptors 3, 4, ..;
  /// `output` is its standard output and error. Throws std::system_error.
  Process(std::vector<std::string> words, const std::vector<std::string>& environment, int output,
          const std::vector<int>& inherited);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Waits so long for its end; whether it has ended.
  bool wait(double seconds);
  void kill();
  /// "ended with status 1", "was killed by signal 9"; after its end.
  std::string how() const;

 private:
  int id_ = -1, status_ = 0;
  bool ended_ = false;
};

/// The environment of this process, with a folder put in front of PYTHONPATH ("": none).
std::vector<std::string> environment_with(const std::string& python_folder);

}  // namespace symbreak::target::network
