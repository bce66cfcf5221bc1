#include "sim/deck/parameters.hpp"

#include <charconv>
#include <cmath>

namespace symbreak::deck {

namespace {

template <class List>
const auto& only(const std::string& path, const List& list, const char* kind) {
  if (list.size() != 1) {
    throw std::logic_error(fmt::format("key {} is not a single {}", path, kind));
  }
  return list.front();
}

std::string number_text(double number) {
  // Integers print without a point or a sign of zero: 2 and 2.0 in a deck are the same physics.
  if (number == std::rint(number) && std::abs(number) <= 0x1p53) {
    return fmt::format("{:.0f}", number + 0.0);
  }
  return fmt::format("{}", number);
}

}  // namespace

std::string Value::canonical() const {
  std::vector<std::string> items = words;
  for (double number : numbers) {
    items.push_back(kind == Kind::boolean    ? (number != 0 ? "true" : "false")
                    : kind == Kind::duration ? number_text(number) + " s"
                                             : number_text(number));
  }
  return fmt::format("{}", fmt::join(items, ", "));
}

const Value& Parameters::at(const std::string& path) const {
  const auto found = values_.find(path);
  if (found == values_.end()) throw std::logic_error("undeclared or absent key " + path);
  return found->second;
}

double Parameters::real(const std::string& path) const {
  return only(path, at(path).numbers, "number");
}
std::int64_t Parameters::integer(const std::string& path) const {
  return static_cast<std::int64_t>(only(path, at(path).numbers, "integer"));
}
bool Parameters::flag(const std::string& path) const {
  return only(path, at(path).numbers, "flag") != 0;
}
const std::string& Parameters::word(const std::string& path) const {
  return only(path, words(path), "word");
}
const std::vector<double>& Parameters::reals(const std::string& path) const {
  return at(path).numbers;
}
const std::vector<std::string>& Parameters::words(const std::string& path) const {
  const Value& value = at(path);
  return value.paths.empty() ? value.words : value.paths;
}
std::uint64_t Parameters::seed() const {
  const std::string& text = word("run.seed");
  std::uint64_t seed = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), seed).ec != std::errc{}) {
    throw std::logic_error("run.seed is not a 64-bit number: " + text);
  }
  return seed;
}
std::optional<double> Parameters::tolerance(const std::string& path) const {
  const std::vector<std::string>& words = at(path).words;
  if (words.empty()) return std::nullopt;
  const std::string& text = only(path, words, "number");
  double value = 0;
  std::from_chars(text.data() + std::string("auto(").size(), text.data() + text.size(), value);
  return value;
}
bool Parameters::has(const std::string& path) const { return values_.contains(path); }
void Parameters::set(const std::string& path, Value value) { values_[path] = std::move(value); }

std::uint64_t Parameters::identity() const {
  std::string text;
  for (const auto& [path, value] : values_) {
    if (value.role == Role::physics && !path.starts_with("run.")) {
      const std::string contents = fmt::format("{}", fmt::join(value.contents, ", "));
      text += path + "=" + (contents.empty() ? value.canonical() : contents) + "\n";
    }
  }
  return fnv1a(text);
}

std::uint64_t fnv1a(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

}  // namespace symbreak::deck
