#include "sim/target/network/worker.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace symbreak::target::network {

namespace {

namespace fs = std::filesystem;

constexpr double kPatience = 2;               // seconds, with a worker that is to end
constexpr double kAttention = 2e-4;           // seconds; waking from sleep takes a quarter of them
constexpr std::size_t kTailBytes = 4096;      // bytes kept of what is printed
constexpr std::size_t kShownLines = 8;        // of them shown
constexpr std::size_t kLongestHello = 65536;  // a hello

/// The folder of the helper for workers in Python: in the tree of this program or of the worker, or
/// where both were installed.
std::string helper_folder(const fs::path& worker) {
  std::error_code unknown;
  for (fs::path folder :
       {fs::read_symlink("/proc/self/exe", unknown), fs::absolute(worker, unknown)}) {
    for (; folder.has_relative_path(); folder = folder.parent_path()) {
      for (const char* below : {"", "share/symbreak"}) {
        const fs::path found = folder / below / "analysis/python";
        if (fs::exists(found / "symbreak_worker.py", unknown)) return found;
      }
    }
  }
  return "";
}

/// Whether the kernel can start it: execvp would give anything else to a shell.
bool can_start(const std::string& program) {
  std::string first(4, '\0');
  std::ifstream(program, std::ios::binary).read(first.data(), 4);
  return first.starts_with("#!") || first ==
                                        "\x7f"
                                        "ELF";
}

}  // namespace

std::vector<std::string> command(const Launch& launch) {
  std::vector<std::string> words;
  if (!fs::is_regular_file(launch.program)) {
    throw WorkerRefusal(fmt::format("{} is no file that could be started", launch.program));
  }
  const std::string program = fs::absolute(launch.program).string();
  const bool executable = access(program.c_str(), X_OK) == 0;
  if (!executable || !can_start(program)) {
    if (!program.ends_with(".py")) {
      throw WorkerRefusal(
          fmt::format("{} {}, and does not end in .py, which python3 would run", launch.program,
                      executable ? "is no program (a script needs a first line #!...)"
                                 : "may not be executed (chmod +x)"));
    }
    words.emplace_back("python3");
  }
  words.push_back(program);
  words.insert(words.end(), launch.arguments.begin(), launch.arguments.end());
  return words;
}

Worker::Worker(Launch launch) : launch_(std::move(launch)) {
  try {
    begin();
  } catch (const std::system_error& error) {
    throw WorkerRefusal(fmt::format("the worker {} cannot be started: {}", launch_.program,
                                    error.code() == std::errc::executable_format_error
                                        ? "it is no program (a script needs a first line #!...)"
                                        : error.what()));
  }
}

void Worker::begin() {
  const std::vector<std::string> words = command(launch_);
  int ends[2], pipes[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) Descriptor(-1);
  bell_ = Descriptor(ends[0]);
  Descriptor theirs(ends[1]);
  if (pipe2(pipes, O_CLOEXEC) != 0) Descriptor(-1);
  printed_ = Descriptor(pipes[0]);
  Descriptor output(pipes[1]);
  fcntl(printed_.number(), F_SETFL, O_NONBLOCK);
  process_ = std::make_unique<Process>(words, environment_with(helper_folder(launch_.program)),
                                       output.number(),
                                       std::vector<int>{theirs.number(), memory_.descriptor()});
  theirs.reset();
  output.reset();

  std::string line(kLongestHello, '\0');
  const Received received = receive(line.data(), line.size(), launch_.start_timeout, true);
  if (received != Received::all) fail(received, "saying what it is", launch_.start_timeout);
  line.resize(line.find('\n') == line.npos ? line.size() : line.find('\n'));
  try {
    hello_ = read_hello(line);
  } catch (const std::invalid_argument& error) {
    fail(fmt::format("is of no use: {}", error.what()));
  }
  ready_ = true;
}

void Worker::ask(Operation operation, const Eigen::Ref<const MatrixXd>& x,
                 const Eigen::Ref<const VectorXd>& s, const Eigen::Ref<const MatrixXd>& more,
                 Eigen::Ref<MatrixXd> answers) {
  const Index n = x.cols(), numbers = answers.rows();
  double* const noise =
      memory_.numbers(static_cast<std::size_t>(n * (1 + x.rows() + more.rows() + numbers)));
  Eigen::Map<VectorXd>(noise, n) = s;
  const auto through = [&](auto* at) {
    using Number = std::remove_pointer_t<decltype(at)>;
    using Numbers = Eigen::Matrix<Number, Eigen::Dynamic, Eigen::Dynamic>;
    for (const Eigen::Ref<const MatrixXd>* values : {&x, &more}) {
      Eigen::Map<Numbers>(at, values->rows(), values->cols()) = values->cast<Number>();
      at += values->size();
    }
    exchange(operation, n, numbers);
    const Eigen::Map<const Numbers> given(at, numbers, n);
    for (Index k = 0; k < n; ++k) {
      answers.col(k) = given.col(k).template cast<double>();
      // A sum is finite only if all of its terms are; the column is still in the nearest cache.
      if (std::isfinite(answers.col(k).sum()) || answers.col(k).allFinite()) continue;
      fail(
          fmt::format("gave numbers that are not finite when asked for {} of state {} of {} at "
                      "s = {:.6g}",
                      name(operation), k + 1, n, s[k]));
    }
  };
  hello_.single ? through(reinterpret_cast<float*>(noise + n)) : through(noise + n);
}

void Worker::exchange(Operation operation, Index states, Index numbers) {
  const auto n = static_cast<std::uint64_t>(states);
  const Request request{static_cast<std::uint64_t>(operation), n, memory_.bytes(), ++serial_};
  const std::string doing = fmt::format("answering {} of {} states", name(operation), n);
  if (send(bell_.number(), &request, sizeof request, MSG_NOSIGNAL) !=
      static_cast<ssize_t>(sizeof request)) {
    fail(Received::hung_up, doing, launch_.timeout);
  }
  Reply reply{};
  const Received received = receive(reinterpret_cast<char*>(&reply), sizeof reply, launch_.timeout);
  if (received != Received::all) fail(received, doing, launch_.timeout);
  if (reply.serial != serial_) {
    fail(fmt::format("gave the reply {} to request {}", reply.serial, serial_));
  }
  if (reply.status != 0) {
    // What it says of it may still be on the way: the end of the line lets it end in its own time.
    bell_.reset();
    process_->wait(kPatience);
    fail(fmt::format("failed in {}", doing));
  }
  if (reply.states != n || reply.numbers != static_cast<std::uint64_t>(numbers)) {
    fail(fmt::format("gave {} states of {} numbers when asked for {}; expected {} of {}",
                     reply.states, reply.numbers, name(operation), n, numbers));
  }
}

Worker::Received Worker::receive(char* into, std::size_t size, double seconds, bool line) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  std::size_t got = 0;
  for (;;) {
    const double left = std::chrono::duration<double>(end - Clock::now()).count();
    if (left <= 0) return Received::too_late;
    if (!line && got == 0 && seconds - left < kAttention) {
      // Who else has work, the worker first of all, may have this processor meanwhile.
      const ssize_t first = recv(bell_.number(), into, size, MSG_DONTWAIT);
      if (first > 0) got = static_cast<std::size_t>(first);
      if (got == size) return Received::all;
      sched_yield();
      continue;
    }
    pollfd watched[] = {{bell_.number(), POLLIN, 0}, {printed_.number(), POLLIN, 0}};
    const nfds_t count = printed_.number() >= 0 ? 2 : 1;
    if (poll(watched, count, static_cast<int>(std::min(left, 1e5) * 1000) + 1) < 0) {
      if (errno == EINTR) continue;  // stop at the end of the block
      return Received::hung_up;
    }
    if (count == 2 && watched[1].revents != 0) listen();
    if (watched[0].revents == 0) continue;
    const ssize_t more = recv(bell_.number(), into + got, line ? 1 : size - got, 0);
    if (more < 0 && errno == EINTR) continue;
    if (more <= 0) return Received::hung_up;
    got += static_cast<std::size_t>(more);
    if (got == size || (line && into[got - 1] == '\n')) return Received::all;
  }
}

void Worker::listen() {
  char buffer[4096];
  for (;;) {
    const ssize_t got = read(printed_.number(), buffer, sizeof buffer);
    if (got < 0) return;  // nothing more for now
    if (got == 0) {
      printed_.reset();  // it has closed its output, and may go on
      return;
    }
    tail_.append(buffer, static_cast<std::size_t>(got));
    if (tail_.size() > 4 * kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
  }
}

std::string Worker::last_lines() {
  if (printed_.number() >= 0) listen();
  while (!tail_.empty() && tail_.back() == '\n') tail_.pop_back();
  if (tail_.empty()) return "; it printed nothing";
  std::size_t from = tail_.size();
  for (std::size_t i = 0; i < kShownLines && from != tail_.npos && from > 0; ++i) {
    from = tail_.rfind('\n', from - 1);
  }
  std::string text = "; its last lines:\n  ";
  for (const char letter : tail_.substr(from == tail_.npos ? 0 : from)) {
    if (letter == '\n' && text.ends_with("\n  ")) continue;
    const bool plain = static_cast<unsigned char>(letter) >= 0x20 || letter == '\t';
    text += letter == '\n' ? "\n  " : std::string(1, plain ? letter : '?');
  }
  return text;
}

void Worker::fail(const std::string& what) {
  process_->kill();
  const std::string message =
      fmt::format("the worker {} {}{}", launch_.program, what, last_lines());
  bell_.reset();
  if (!ready_) throw WorkerRefusal(message);
  throw std::runtime_error(message);
}

void Worker::fail(Received received, const std::string& doing, double seconds) {
  if (received == Received::too_late) {
    fail(fmt::format("was {} for more than {:.6g} s (target.{}), and was ended", doing, seconds,
                     ready_ ? "timeout" : "start_timeout"));
  }
  const bool ended = process_->wait(kPatience);
  fail(fmt::format("{} before {}", ended ? process_->how() : "closed its end of the line", doing));
}

}  // namespace symbreak::target::network
