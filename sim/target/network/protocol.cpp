#include "sim/target/network/protocol.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stdexcept>

namespace symbreak::target::network {

namespace {

using nlohmann::json;

constexpr double kMostNumbers = 1e9;  // of a state

template <class Value>
Value field(const json& hello, const char* key, const Value& fallback) {
  const auto found = hello.find(key);
  if (found == hello.end() || found->is_null()) return fallback;
  try {
    return found->get<Value>();
  } catch (const json::exception&) {
    throw std::invalid_argument(fmt::format(
        "'{}' in its hello is {}, of another type than it should be", key, found->dump()));
  }
}

Index count(const json& hello, const char* key) {
  const double value = field(hello, key, 0.0);
  if (!(value >= 0 && value <= kMostNumbers && value == std::rint(value))) {
    throw std::invalid_argument(
        fmt::format("'{}' in its hello is {}; expected a count", key, value));
  }
  return static_cast<Index>(value);
}

}  // namespace

Index Hello::dimension() const {
  return std::accumulate(shape.begin(), shape.end(), Index{1}, std::multiplies<>());
}

Hello read_hello(const std::string& line) {
  const json hello = json::parse(line, nullptr, false);
  if (!hello.is_object() || !hello.contains("symbreak_worker")) {
    throw std::invalid_argument(
        "its first words are no hello; expected one line of JSON with 'symbreak_worker'");
  }
  if (hello["symbreak_worker"] != kProtocol) {
    throw std::invalid_argument(fmt::format("it speaks version {} of the protocol, this program {}",
                                            hello["symbreak_worker"].dump(), kProtocol));
  }
  Hello said;
  double numbers = 1;
  for (const double side : field(hello, "shape", std::vector<double>())) {
    numbers *= side;
    if (!(side >= 1 && side == std::rint(side) && numbers <= kMostNumbers)) {
      throw std::invalid_argument("'shape' in its hello is no list of sides");
    }
    said.shape.push_back(static_cast<Index>(side));
  }
  if (said.shape.empty()) throw std::invalid_argument("its hello has no 'shape'");
  const json range = hello.value("s", json::array({0, nullptr}));
  if (!range.is_array() || range.size() != 2 || !range[0].is_number() ||
      !(range[1].is_number() || range[1].is_null())) {
    throw std::invalid_argument("'s' in its hello is no range [lowest, highest]");
  }
  said.lowest = range[0].get<double>();
  if (range[1].is_number()) said.highest = range[1].get<double>();
  if (!(said.lowest < said.highest)) {
    throw std::invalid_argument("'s' in its hello is an empty range");
  }
  said.deterministic = field(hello, "deterministic", true);
  said.jacobian = field(hello, "jacobian", false);
  said.features = count(hello, "features");
  said.classes = count(hello, "classes");
  said.conditional = count(hello, "conditional");
  const std::string number = field(hello, "number", std::string("float64"));
  if (number != "float64" && number != "float32") {
    throw std::invalid_argument(
        fmt::format("'number' in its hello is '{}'; expected 'float64' or 'float32'", number));
  }
  said.single = number == "float32";
  said.weights = field(hello, "weights", std::string());
  said.name = field(hello, "name", std::string());
  return said;
}

const char* name(Operation operation) {
  switch (operation) {
    case Operation::mean:
      return "the clean mean";
    case Operation::jacobian:
      return "Jacobian products";
    case Operation::features:
      return "features";
    case Operation::classify:
      return "classes";
    case Operation::conditional:
      return "the clean mean of a class";
  }
  return "";
}

}  // namespace symbreak::target::network
