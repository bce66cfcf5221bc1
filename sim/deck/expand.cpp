#include "sim/deck/expand.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "sim/deck/spelling.hpp"

namespace symbreak::deck {

namespace {

/// Fields that advance together: one swept key, or all of a zip.
using Axis = std::vector<const Field*>;

const Field* find(const std::vector<Field>& fields, const std::string& path) {
  const auto found = std::ranges::find(fields, path, &Field::path);
  return found == fields.end() ? nullptr : &*found;
}

/// The fields of run.zip; empty without one, or after a complaint.
Axis zipped(const std::vector<Field>& fields, const std::vector<const Field*>& swept,
            Complaints& complaints) {
  const Field* zip = find(fields, "run.zip");
  if (zip == nullptr || zip->items.words.empty()) return {};
  std::vector<std::string> possible;
  for (const Field* field : swept) possible.push_back(field->path());
  Axis axis;
  bool good = true;
  const auto complain = [&](const std::string& message) {
    complaints.add(zip->place, named(zip->place, zip->key, message));
    good = false;
  };
  for (const std::string& path : zip->items.words) {
    const Field* field = find(fields, path);
    if (field == nullptr) {
      complain(fmt::format("{} is not a key of this deck; swept: {}{}", quote(path),
                           fmt::join(possible, ", "), suggestion(path, possible)));
    } else if (!field->swept()) {
      complain(fmt::format("{} is not swept: it has one value; swept: {}", path,
                           fmt::join(possible, ", ")));
    } else if (std::ranges::find(axis, field) != axis.end()) {
      complain(fmt::format("{} is listed twice", path));
    } else {
      axis.push_back(field);
    }
  }
  if (good && axis.size() < 2) complain("a zip needs at least two swept keys");
  for (const Field* field : axis) {
    if (good && field->items.size() != axis[0]->items.size()) {
      complain(fmt::format("lists of unequal lengths: {} has {} values, {} has {}", axis[0]->path(),
                           axis[0]->items.size(), field->path(), field->items.size()));
    }
  }
  return good ? axis : Axis{};
}

/// Axes in deck order, a zip at the place of its first key.
std::vector<Axis> axes(const std::vector<Field>& fields, Complaints& complaints) {
  const Axis single = swept(fields), zip = zipped(fields, single, complaints);
  std::vector<Axis> result;
  bool zip_placed = false;
  for (const Field* field : single) {
    if (std::ranges::find(zip, field) == zip.end()) {
      result.push_back({field});
    } else if (!std::exchange(zip_placed, true)) {
      result.push_back(zip);
    }
  }
  return result;
}

/// Fills in the values that depend on the predicted critical value of a point.
class Critical {
 public:
  explicit Critical(const Catalogue& catalogue) : catalogue_(catalogue) {}

  /// All values of a field with `critical` at a point where the other keys are set. Throws
  /// KeyError.
  const std::vector<double>& values(const Field& field, const Parameters& others) {
    const auto [found, fresh] = cache_[field.path()].try_emplace(others.identity());
    std::vector<double>& values = found->second;
    if (!fresh) return values;
    const double center = catalogue_.critical ? catalogue_.critical(others) : std::nan("");
    if (!std::isfinite(center)) {
      throw KeyError(field.path(), "there is no predicted critical value to centre on");
    }
    values = field.items.numbers;
    for (double offset : field.items.offsets) values.push_back(center * (1 + offset));
    std::sort(values.begin(), values.end());
    for (double value : values) {
      if (const auto fault = range_fault(field.key, value)) {
        throw KeyError(field.path(), "around the critical value {}: {}", center, *fault);
      }
    }
    return values;
  }

 private:
  const Catalogue& catalogue_;
  std::unordered_map<std::string, std::unordered_map<std::uint64_t, std::vector<double>>> cache_;
};

/// Number of points; 0 after a complaint that there are too many.
std::size_t count(const std::vector<Axis>& sweep, const Catalogue& catalogue,
                  Complaints& complaints) {
  std::size_t total = 1;
  for (const Axis& axis : sweep) {
    const std::size_t n = axis[0]->items.size();
    if (n > catalogue.most_points / total) {
      std::vector<std::string> sizes;
      for (const Axis& each : sweep) sizes.push_back(fmt::format("{}", each[0]->items.size()));
      complaints.add(axis[0]->place,
                     named(axis[0]->place, axis[0]->key,
                           fmt::format("a sweep of {} points is too large; allowed: at most {}",
                                       fmt::join(sizes, " x "), catalogue.most_points)));
      return 0;
    }
    total *= n;
  }
  return total;
}

std::string describe(const Parameters& point, const std::vector<Axis>& axes) {
  std::vector<std::string> values;
  for (const Axis& axis : axes) {
    for (const Field* field : axis) {
      values.push_back(field->path() + " = " + point.value(field->path()).canonical());
    }
  }
  return fmt::format("{}", fmt::join(values, ", "));
}

}  // namespace

std::vector<const Field*> swept(const std::vector<Field>& fields) {
  std::vector<const Field*> result;
  for (const Field& field : fields) {
    if (field.swept()) result.push_back(&field);
  }
  std::ranges::sort(result, {}, &Field::order);
  return result;
}

void complain(const KeyError& error, const std::vector<Field>& fields, const Scan& deck,
              Complaints& complaints) {
  const Field* field = find(fields, error.key);
  if (field != nullptr && field->origin != "default") {
    complaints.add(field->place, error.what());
  } else {
    complaints.add(deck.section_of(error.key),
                   fmt::format("{} ({}): {}", error.key, field == nullptr ? "not set" : "default",
                               error.what()));
  }
}

std::vector<Parameters> expand(const std::vector<Field>& fields, const Scan& deck,
                               const Catalogue& catalogue, Complaints& complaints) {
  const std::vector<Axis> sweep = axes(fields, complaints);
  const std::size_t total = count(sweep, catalogue, complaints);
  Parameters base;
  std::vector<const Field*> critical_lists;
  for (const Field& field : fields) {
    const bool varies = field.swept() || !field.items.offsets.empty();
    if (varies && !field.swept()) critical_lists.push_back(&field);
    const bool absent = field.items.size() == 0 && field.key.arity == Arity::scalar;
    if (!varies && !absent) base.set(field.path(), field.items.all(field.key));
  }
  base.share();

  Critical critical(catalogue);
  std::unordered_map<std::uint64_t, std::size_t> seen;
  std::vector<Parameters> points;
  points.reserve(total);
  for (std::size_t i = 0; i < total; ++i) {
    Parameters point = base;
    std::vector<std::pair<const Field*, std::size_t>> late;  // with `critical`: after the others
    std::size_t rest = i;
    for (auto axis = sweep.rbegin(); axis != sweep.rend(); ++axis) {
      const std::size_t n = (*axis)[0]->items.size(), j = rest % n;
      rest /= n;
      for (const Field* field : *axis) {
        if (field->items.offsets.empty()) {
          point.set(field->path(), field->items.pick(field->key, j));
        } else {
          late.emplace_back(field, j);
        }
      }
    }
    try {
      const Parameters others = late.empty() && critical_lists.empty() ? Parameters() : point;
      for (const auto& [field, j] : late) {
        const auto& values = critical.values(*field, others);
        Value value = field->items.pick(field->key, field->items.size());
        value.numbers = {values[j]};
        point.set(field->path(), std::move(value));
      }
      for (const Field* field : critical_lists) {
        Value value = field->items.all(field->key);
        value.numbers = critical.values(*field, others);
        point.set(field->path(), std::move(value));
      }
    } catch (const KeyError& error) {
      complain(error, fields, deck, complaints);
      return {};
    }
    const auto [first, fresh] = seen.emplace(point.identity(), i);
    if (!fresh) {
      const Field& last = *sweep.back().back();
      complaints.add(last.place,
                     fmt::format("two points of the sweep are the same: {}; list each value once",
                                 describe(point, sweep)));
      return {};
    }
    points.push_back(std::move(point));
  }
  return points;
}

}  // namespace symbreak::deck
