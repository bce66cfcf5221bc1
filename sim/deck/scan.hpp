// INI text -> sections and entries with their places; the collector of located errors.
// May depend on: sim/deck/spelling.
#pragma once
#include <string>
#include <vector>

namespace symbreak::deck {

/// A place in the deck (lines and columns from 1, in characters), the deck as a whole (line 0), or
/// the command line.
struct Place {
  std::string origin;  ///< "deck.ini", "--set target.w0"
  std::size_t line = 0, column = 0;
  bool command_line = false;
  std::string text() const;
};

/// Collects messages; `raise` throws them all as Errors: file order, then what the file
/// lacks, then the command line.
class Complaints {
 public:
  void add(const Place& place, const std::string& message);
  bool any() const { return !list_.empty(); }
  void raise() const;

 private:
  struct Complaint {
    Place place;
    std::string message;
  };
  std::vector<Complaint> list_;
};

struct Header {
  std::string name;
  Place place;
};
struct Entry {
  std::string section, key, value;  ///< value without comment and outer blanks, possibly empty
  Place key_place, value_place;
  std::string path() const { return section + "." + key; }
};
struct Scan {
  std::string file;
  std::vector<Header> sections;  ///< each name once
  std::vector<Entry> entries;    ///< each path once, file order
  /// Where a key that is not set would be: the header of its section, else the file.
  Place section_of(const std::string& path) const;
};

/// Complains about everything that is not INI, repeated sections and repeated keys.
Scan scan(const std::string& text, const std::string& file, Complaints& complaints);
/// "section.key=value" words of --set.
std::vector<Entry> scan_overrides(const std::vector<std::string>& words, Complaints& complaints);

}  // namespace symbreak::deck
