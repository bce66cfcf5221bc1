#include "sim/command/arguments.hpp"

#include <fmt/format.h>

#include <cmath>

#include "sim/command/usage.hpp"
#include "sim/deck/deck.hpp"
#include "sim/deck/spelling.hpp"

namespace symbreak::command {

namespace options = boost::program_options;

Arguments::Arguments(const std::string& verb, int argc, char** argv,
                     const std::vector<std::string>& flags, const std::vector<std::string>& valued,
                     std::size_t least, std::size_t most) {
  options::options_description known;
  for (const std::string& flag : flags) known.add_options()(flag.c_str(), "");
  for (const std::string& name : valued) {
    known.add_options()(name.c_str(), options::value<std::vector<std::string>>()->composing());
  }
  known.add_options()("word", options::value<std::vector<std::string>>());
  options::positional_options_description positional;
  positional.add("word", -1);
  using Style = options::command_line_style::style_t;
  const int style = Style::unix_style & ~Style::allow_guessing;
  try {
    options::store(options::command_line_parser(argc, argv)
                       .options(known)
                       .positional(positional)
                       .style(style)
                       .run(),
                   values_);
  } catch (const options::unknown_option& error) {
    std::vector<std::string> names;
    for (const std::string& flag : flags) names.push_back(flag.substr(0, flag.find(',')));
    names.insert(names.end(), valued.begin(), valued.end());
    std::string name = error.get_option_name();
    name.erase(0, name.find_first_not_of('-'));
    const std::string near = deck::did_you_mean(name, names);
    throw UsageError(fmt::format(
        "symbreak {}: unknown option '{}{}'{}", verb, name.size() == 1 ? "-" : "--", name,
        near.empty() ? "; see symbreak --help" : "; did you mean '--" + near + "'?"));
  } catch (const options::error& error) {
    throw UsageError(fmt::format("symbreak {}: {}", verb, error.what()));
  }
  if (words().size() < least || words().size() > most) {
    throw UsageError(usage_line(verb));
  }
}

double number_of(const std::string& option, const std::string& text) {
  std::size_t read = 0;
  double value = 0;
  try {
    value = std::stod(text, &read);
  } catch (const std::exception&) {
    read = 0;
  }
  if (read == 0 || read != text.size() || !std::isfinite(value)) {
    throw UsageError(fmt::format("--{} {}: expected a number", option, text));
  }
  return value;
}

std::optional<std::filesystem::path> output(const Arguments& arguments) {
  if (!arguments.has("output")) return std::nullopt;
  if (arguments.last("output").empty()) {
    throw UsageError("--output: the name is empty; a directory is expected");
  }
  return arguments.last("output");
}

int guarded(bool speaks, const std::function<int()>& step) {
  const auto say = [speaks](const std::string& message) {
    if (speaks) fmt::print(stderr, "{}\n", deck::printable(message));
  };
  try {
    return step();
  } catch (const deck::Errors& errors) {
    for (const std::string& message : errors.messages) say(message);
    return status(Exit::usage);
  } catch (const deck::KeyError& error) {
    say(fmt::format("{}: {}", error.key, error.what()));
    return status(Exit::usage);
  } catch (const UsageError& error) {
    say(error.what());
    return status(Exit::usage);
  } catch (const std::bad_alloc&) {
    say("out of memory: `symbreak check` predicts what a deck needs");
    return status(Exit::internal);
  } catch (const std::exception& error) {
    say(fmt::format("symbreak: {}", error.what()));
    return status(Exit::internal);
  }
}

void print(const std::string& text) { fmt::print("{}", deck::printable(text)); }

}  // namespace symbreak::command
