// The sweep: fields with several values -> points. May depend on: sim/deck/{deck,value}.
#pragma once
#include <string>
#include <vector>

#include "sim/deck/deck.hpp"
#include "sim/deck/scan.hpp"
#include "sim/deck/value.hpp"

namespace symbreak::deck {

/// One key of the deck with its values and where they come from.
struct Field {
  Key key;
  Items items;
  Place place;         ///< of the value; of the deck when it is a default
  std::string origin;  ///< as in Setting
  std::size_t order;   ///< place in the sweep: deck order, then command line, then defaults
  bool swept() const { return key.arity == Arity::scalar && items.size() > 1; }
  std::string path() const { return key.path(); }
};

/// Those with several values, in the order of the sweep.
std::vector<const Field*> swept(const std::vector<Field>& fields);

/// All points; `fields` in the order of the resolved deck, `zip` the key paths of run.zip.
/// Complains about zips, sweeps that are too large and values that cannot be.
std::vector<Parameters> expand(const std::vector<Field>& fields, const Scan& deck,
                               const Catalogue& catalogue, Complaints& complaints);

/// Adds the message of a KeyError at the place of its key, or of its section where the deck does not
/// set it.
void complain(const KeyError& error, const std::vector<Field>& fields, const Scan& deck,
              Complaints& complaints);

}  // namespace symbreak::deck
