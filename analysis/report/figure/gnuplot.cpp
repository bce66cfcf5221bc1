#include "analysis/report/figure/gnuplot.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

#include "analysis/report/escape.hpp"

namespace symbreak::report {

namespace {

/// The last lines of what gnuplot said.
std::string last_words(const std::filesystem::path& log) {
  std::ifstream file(log);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (line.find_first_not_of(" \t^") != std::string::npos) lines.push_back(line);
  }
  std::string text;
  for (std::size_t i = lines.size() > 4 ? lines.size() - 4 : 0; i < lines.size(); ++i) {
    text += "\n  " + one_line(lines[i]);
  }
  return text;
}

/// File actions of posix_spawn for the length of a scope.
class Actions {
 public:
  explicit Actions(const std::filesystem::path& folder, const std::filesystem::path& log) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
    posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
  }
  ~Actions() { posix_spawn_file_actions_destroy(&actions_); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

/// Cells of a map have edges also where a viewer enlarges them: gnuplot leaves that open.
void keep_pixels(const std::filesystem::path& folder) {
  constexpr std::string_view kImage = "<image ",
                             kCrisp = "<image style='image-rendering:pixelated' ";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".svg") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.find(kImage) == std::string::npos || text.find(kCrisp) != std::string::npos) continue;
    for (auto at = text.find(kImage); at != std::string::npos; at = text.find(kImage, at + 1)) {
      text.replace(at, kImage.size(), kCrisp);
    }
    std::ofstream(entry.path(), std::ios::binary) << text;
  }
}

}  // namespace

void run_gnuplot(const std::filesystem::path& folder, const std::vector<std::string>& scripts) {
  const std::filesystem::path log = std::filesystem::absolute(folder) / "gnuplot.log";
  const Actions actions(folder, log);
  std::vector<std::string> words = {"gnuplot", "-d"};
  for (const std::string& script : scripts) words.push_back("./" + script);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  pid_t child = 0;
  const int failed =
      posix_spawnp(&child, "gnuplot", actions.get(), nullptr, arguments.data(), environ);
  if (failed == ENOENT) {
    throw std::runtime_error(
        "gnuplot is not installed, and it draws the plots (Debian: apt install gnuplot-nox)");
  }
  if (failed != 0) {
    throw std::runtime_error(fmt::format("cannot start gnuplot: {}", std::strerror(failed)));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw std::runtime_error("lost the process of gnuplot");
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw std::runtime_error(
        fmt::format("gnuplot failed in {}:{}", folder.string(), last_words(log)));
  }
  std::filesystem::remove(log);
  keep_pixels(folder);
}

}  // namespace symbreak::report
