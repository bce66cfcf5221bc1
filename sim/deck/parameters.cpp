#include "sim/deck/parameters.hpp"

#include <fmt/format.h>

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
  // Integers print without a point, so that 2 and 2.0 in a deck are the same physics.
  if (number == std::rint(number) && std::abs(number) < 1e15) return fmt::format("{:.0f}", number);
  return fmt::format("{}", number);
}

}  // namespace

std::string Value::canonical() const {
  if (kind == Kind::boolean && numbers.size() == 1) return numbers[0] != 0 ? "true" : "false";
  std::string text;
  for (double number : numbers) text += (text.empty() ? "" : ", ") + number_text(number);
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

const Value& Parameters::at(const std::string& path) const {
  const auto found = values_.find(path);
  if (found == values_.end()) throw std::logic_error("undeclared key " + path);
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
  return only(path, at(path).words, "word");
}
const std::vector<double>& Parameters::reals(const std::string& path) const {
  return at(path).numbers;
}
const std::vector<std::string>& Parameters::words(const std::string& path) const {
  return at(path).words;
}
bool Parameters::has(const std::string& path) const { return values_.contains(path); }
void Parameters::set(const std::string& path, Value value) { values_[path] = std::move(value); }

std::uint64_t Parameters::identity() const {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto feed = [&hash](const std::string& text) {
    for (unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3;
  };
  for (const auto& [path, value] : values_) {
    if (value.role == Role::physics && !path.starts_with("run.")) {
      feed(path + "=" + value.canonical() + "\n");
    }
  }
  return hash;
}

}  // namespace symbreak::deck
