// The words of a command line, and how a verb ends.
#pragma once
#include <boost/program_options.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/ensemble/ensemble.hpp"

namespace symbreak::command {

using ensemble::Exit;

/// A command line that makes no sense, or an input that cannot be used: one message, status 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Parsed arguments of one verb: declared options and positional words.
class Arguments {
 public:
  /// `flags` and `valued` are names of options, "name,n" with a short form; `least` to `most` words.
  /// Throws UsageError.
  Arguments(const std::string& verb, int argc, char** argv, const std::vector<std::string>& flags,
            const std::vector<std::string>& valued, std::size_t least, std::size_t most);
  bool has(const std::string& name) const { return values_.count(name) > 0; }
  std::vector<std::string> all(const std::string& name) const {
    return has(name) ? values_[name].as<std::vector<std::string>>() : std::vector<std::string>{};
  }
  std::string last(const std::string& name) const { return all(name).back(); }
  std::vector<std::string> words() const { return all("word"); }

 private:
  boost::program_options::variables_map values_;
};

/// A number of an option; UsageError otherwise.
double number_of(const std::string& option, const std::string& text);
/// The directory of --output, if it is given.
std::optional<std::filesystem::path> output(const Arguments& arguments);

inline int status(Exit exit) { return static_cast<int>(exit); }
/// Runs a fallible step; says (if it `speaks`) what went wrong once and returns its exit status.
int guarded(bool speaks, const std::function<int()>& step);
/// To standard output, whatever the text came from.
void print(const std::string& text);

}  // namespace symbreak::command
