#include "sim/ensemble/text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "sim/deck/spelling.hpp"

namespace symbreak::ensemble {

std::string count(std::size_t number, const std::string& noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

std::string duration(double seconds) {
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  if (seconds < 99.5) return fmt::format("{:.0f} s", seconds);
  if (seconds < 5940) return fmt::format("{:.0f} min", seconds / 60);
  if (seconds < 172800) return fmt::format("{:.1f} h", seconds / 3600);
  return fmt::format("{:.1f} days", seconds / 86400);
}

std::string bytes(std::size_t number) {
  const double megabytes = static_cast<double>(number) / 1e6;
  if (megabytes < 9.95) return fmt::format("{:.1f} MB", megabytes);
  return fmt::format("{:.0f} MB", megabytes);
}

std::string utc(double seconds_since_epoch) {
  return fmt::format("{:%FT%TZ}", fmt::gmtime(static_cast<std::time_t>(seconds_since_epoch)));
}

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

double steady() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string host() {
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  return name;
}

bool output_is_terminal() {
  if (isatty(STDOUT_FILENO) == 0) return false;
  if (std::getenv("OMPI_COMM_WORLD_SIZE") == nullptr) return true;
  // The launcher's own output decides. Where it cannot be seen (another node, another launcher),
  // plain lines are right in any case.
  std::error_code unknown;
  const std::filesystem::path output = std::filesystem::read_symlink(
      fmt::format("/proc/{}/fd/{}", getppid(), STDOUT_FILENO), unknown);
  return !unknown && output.string().starts_with("/dev/") && output != "/dev/null";
}

std::size_t output_width() {
  constexpr std::size_t kDefault = 80, kLeast = 40, kMost = 1000;
  const auto sensible = [=](std::size_t columns) { return std::clamp(columns, kLeast, kMost); };
  if (const char* columns = std::getenv("COLUMNS")) {
    const long given = std::strtol(columns, nullptr, 10);
    if (given > 0) return sensible(static_cast<std::size_t>(given));
  }
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
      size.ws_col == 0) {
    return kDefault;
  }
  return sensible(size.ws_col);
}

void say(const std::string& text) { draw(deck::printable(text)); }

void draw(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace symbreak::ensemble
