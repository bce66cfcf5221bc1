#include "sim/record/state_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <iterator>

namespace symbreak::record {

using hdf5::Group;

namespace {

constexpr char kReal = 'r', kInteger = 'i';  // before a name

std::uint64_t number_of_point(const std::string& id) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number, 16);
  if (error != std::errc{} || end != id.data() + id.size() || id.size() != 16) {
    throw std::logic_error("not the id of a point: " + id);
  }
  return number;
}

}  // namespace

std::array<std::uint64_t, 4> numbers_of(const UnitId& id) {
  return {id.seed, number_of_point(id.point), id.disorder, id.replica};
}

std::vector<UnitId> read_ids(const Group& group) {
  const std::vector<std::uint64_t> numbers = group.integers("ids");
  if (numbers.size() % 4 != 0) throw FileError(group.label() + ": 'ids' has rows of another shape");
  std::vector<UnitId> ids;
  for (std::size_t i = 0; i < numbers.size(); i += 4) {
    ids.push_back({numbers[i], fmt::format("{:016x}", numbers[i + 1]),
                   static_cast<std::uint32_t>(numbers[i + 2]),
                   static_cast<std::uint32_t>(numbers[i + 3])});
  }
  return ids;
}

StateColumns::StateColumns(Group group) : group_(std::move(group)) {
  first_entry_.add(0);
  first_word_.add(0);
}

void StateColumns::add(const UnitState& unit) {
  ids_.add(numbers_of(unit.id));
  blocks_.add(static_cast<std::uint64_t>(unit.blocks_done));
  seconds_.add(unit.seconds);
  for (const auto& [name, values] : unit.state.reals) {
    enter(kReal + name, values.size());
    for (const double value : values) words_.add(std::bit_cast<std::uint64_t>(value));
  }
  for (const auto& [name, values] : unit.state.integers) {
    enter(kInteger + name, values.size());
    words_.add(values);
  }
  first_entry_.add(entries_.rows());
  first_word_.add(words_.rows());
}

void StateColumns::enter(const std::string& name, std::size_t count) {
  const auto [found, fresh] = places_.emplace(name, names_.size());
  if (fresh) names_.push_back(name);
  entries_.add(std::array<std::uint64_t, 2>{found->second, count});
}

void StateColumns::finish() {
  for (auto* column : {&ids_, &blocks_, &first_entry_, &entries_, &first_word_, &words_}) {
    column->finish();
  }
  seconds_.finish();
  group_.write("names", names_);
}

StateColumnsReader::StateColumnsReader(const Group& group)
    : label_(group.label()),
      ids_(read_ids(group)),
      names_(group.texts("names")),
      blocks_(group.integers("blocks_done")),
      first_entry_(group.integers("first_entry")),
      entries_(group.integers("entries")),
      first_word_(group.integers("first_word")),
      seconds_(group.reals("seconds")),
      words_(group, "words") {
  const std::size_t units = ids_.size();
  if (blocks_.size() != units || seconds_.size() != units || first_entry_.size() != units + 1 ||
      first_word_.size() != units + 1 || 2 * first_entry_.back() != entries_.size() ||
      first_word_.back() != words_.rows() || !std::ranges::is_sorted(first_entry_) ||
      !std::ranges::is_sorted(first_word_)) {
    throw FileError(label_ + ": the arrays of the states do not fit each other");
  }
}

UnitState StateColumnsReader::read(std::size_t row) {
  UnitState unit{ids_.at(row), blocks_done(row), {}, seconds_.at(row)};
  const std::uint64_t first = first_word_[row];
  const std::vector<std::uint64_t> words = words_.read(first, first_word_[row + 1] - first);
  std::uint64_t next = 0;
  for (std::uint64_t e = first_entry_[row]; e < first_entry_[row + 1]; ++e) {
    const std::uint64_t name = entries_[2 * e], count = entries_[2 * e + 1];
    if (name >= names_.size() || names_[name].empty() || count > words.size() - next) {
      throw FileError(label_ + ": a state does not fit its layout");
    }
    const auto from = words.begin() + static_cast<std::ptrdiff_t>(next);
    const auto to = from + static_cast<std::ptrdiff_t>(count);
    if (names_[name].front() == kReal) {
      std::transform(from, to, std::back_inserter(unit.state.reals[names_[name].substr(1)]),
                     [](std::uint64_t word) { return std::bit_cast<double>(word); });
    } else {
      unit.state.integers[names_[name].substr(1)].assign(from, to);
    }
    next += count;
  }
  return unit;
}

}  // namespace symbreak::record
