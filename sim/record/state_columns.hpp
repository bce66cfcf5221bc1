// States of units as columns: ids, and what each state is made of. May depend on: HDF5, sim/measure.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/record/column.hpp"
#include "sim/record/record.hpp"

namespace symbreak::record {

/// A row of `ids`: seed, point, disorder sample, replica.
std::array<std::uint64_t, 4> numbers_of(const UnitId& id);
std::vector<UnitId> read_ids(const hdf5::Group& group);

/// A state is a list of `entries`: which of the `names`, and how many `words`. Reals keep their bits.
class StateColumns {
 public:
  explicit StateColumns(hdf5::Group group);
  StateColumns(const StateColumns&) = delete;  // columns refer to the group
  StateColumns& operator=(const StateColumns&) = delete;
  void add(const UnitState& unit);
  void finish();  ///< once, at the end

 private:
  void enter(const std::string& name, std::size_t count);

  const hdf5::Group group_;
  Column<std::uint64_t> ids_{group_, "ids", {4}}, blocks_{group_, "blocks_done"},
      first_entry_{group_, "first_entry"}, entries_{group_, "entries", {2}},
      first_word_{group_, "first_word"}, words_{group_, "words"};
  Column<double> seconds_{group_, "seconds"};
  hdf5::Texts names_;
  std::map<std::string, std::uint64_t> places_;
};

/// Such columns, a state where it is asked for.
class StateColumnsReader {
 public:
  explicit StateColumnsReader(const hdf5::Group& group);  // throws FileError
  const std::vector<UnitId>& ids() const { return ids_; }
  std::int64_t blocks_done(std::size_t row) const {
    return static_cast<std::int64_t>(blocks_.at(row));
  }
  UnitState read(std::size_t row);

 private:
  std::string label_;
  std::vector<UnitId> ids_;
  hdf5::Texts names_;
  std::vector<std::uint64_t> blocks_, first_entry_, entries_, first_word_;
  std::vector<double> seconds_;
  ColumnReader<std::uint64_t> words_;
};

}  // namespace symbreak::record
