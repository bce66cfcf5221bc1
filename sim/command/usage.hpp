// What the command line can be, in words. May depend on: nothing.
#pragma once
#include <string>
#include <vector>

namespace symbreak::command {

/// A verb: how it is called, what its options do, one example.
struct Verb {
  std::string name, arguments, does;
  std::vector<std::string> details{};  ///< lines
  std::string example{};
};
const std::vector<Verb>& verbs();
/// The names of all.
std::vector<std::string> verb_names();

/// `symbreak --help`.
std::string usage();
/// `symbreak VERB --help`; "" for what is no verb.
std::string help(const std::string& verb);
/// "usage: symbreak VERB ARGUMENTS".
std::string usage_line(const std::string& verb);

}  // namespace symbreak::command
