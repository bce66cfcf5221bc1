#include "sim/deck/parameters.hpp"

#include <algorithm>
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

/// What a physics key adds to the identity of a point; "" for all others.
std::string identity_line(const std::string& path, const Value& value) {
  if (value.role != Role::physics || path.starts_with("run.")) return "";
  const std::string contents = fmt::format("{}", fmt::join(value.contents, ", "));
  return path + "=" + (contents.empty() ? value.canonical() : contents) + "\n";
}

}  // namespace

std::string number_text(double number) {
  // 2 and 2.0 in a deck are the same physics.
  if (number == std::rint(number) && std::abs(number) <= 0x1p53) {
    return fmt::format("{:.0f}", number + 0.0);
  }
  return fmt::format("{}", number);
}

std::string Value::canonical() const {
  std::vector<std::string> items = words;
  for (double number : numbers) {
    items.push_back(kind == Kind::boolean    ? (number != 0 ? "true" : "false")
                    : kind == Kind::duration ? number_text(number) + " s"
                                             : number_text(number));
  }
  return fmt::format("{}", fmt::join(items, ", "));
}

const Value* Parameters::find(const std::string& path) const {
  if (own_) {
    if (const auto found = own_->find(path); found != own_->end()) return &found->second;
  }
  if (!common_) return nullptr;
  const auto found = common_->values.find(path);
  return found == common_->values.end() ? nullptr : &found->second;
}

const Value& Parameters::value(const std::string& path) const {
  if (const Value* found = find(path)) return *found;
  throw std::logic_error("undeclared or absent key " + path);
}

double Parameters::real(const std::string& path) const {
  return only(path, value(path).numbers, "number");
}
std::int64_t Parameters::integer(const std::string& path) const {
  return static_cast<std::int64_t>(only(path, value(path).numbers, "integer"));
}
bool Parameters::flag(const std::string& path) const {
  return only(path, value(path).numbers, "flag") != 0;
}
const std::string& Parameters::word(const std::string& path) const {
  return only(path, words(path), "word");
}
const std::vector<double>& Parameters::reals(const std::string& path) const {
  return value(path).numbers;
}
const std::vector<std::string>& Parameters::words(const std::string& path) const {
  const Value& value = this->value(path);
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
  const std::vector<std::string>& words = value(path).words;
  if (words.empty()) return std::nullopt;
  const std::string& text = only(path, words, "number");
  double share = 0;
  std::from_chars(text.data() + std::string("auto(").size(), text.data() + text.size(), share);
  return share;
}
bool Parameters::has(const std::string& path) const { return find(path) != nullptr; }

void Parameters::set(const std::string& path, Value value) {
  if (!own_ || own_.use_count() > 1) {
    own_ = own_ ? std::make_shared<Values>(*own_) : std::make_shared<Values>();
  }
  (*own_)[path] = std::move(value);
}

void Parameters::share() {
  auto common = std::make_shared<Common>();
  for (const auto& [path, value] : all()) {
    common->values.emplace(path, value);
    common->lines.emplace(path, identity_line(path, value));
  }
  common_ = std::move(common);
  own_.reset();
}

std::vector<Parameters::Entry> Parameters::all() const {
  static const Values none;
  const Values &common = common_ ? common_->values : none, &own = own_ ? *own_ : none;
  std::vector<Entry> entries;
  entries.reserve(common.size() + own.size());
  auto mine = own.begin();
  for (const auto& [path, value] : common) {
    for (; mine != own.end() && mine->first < path; ++mine) {
      entries.emplace_back(mine->first, mine->second);
    }
    const bool hidden = mine != own.end() && mine->first == path;
    entries.emplace_back(path, hidden ? mine->second : value);
    if (hidden) ++mine;
  }
  for (; mine != own.end(); ++mine) entries.emplace_back(mine->first, mine->second);
  return entries;
}

std::uint64_t Parameters::identity() const {
  std::uint64_t hash = kFnvStart;
  auto line = common_ ? common_->lines.begin() : decltype(common_->lines.begin()){};
  for (const auto& [path, value] : all()) {
    const bool common = common_ && line != common_->lines.end() && line->first == path;
    const bool own = own_ && own_->contains(path);
    hash = common && !own ? fnv1a(line->second, hash) : fnv1a(identity_line(path, value), hash);
    if (common) ++line;
  }
  return hash;
}

std::uint64_t fnv1a(std::string_view text, std::uint64_t before) {
  for (const unsigned char byte : text) before = (before ^ byte) * 0x100000001b3;
  return before;
}

}  // namespace symbreak::deck
