#include "sim/deck/deck.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "sim/deck/expand.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/deck/scan.hpp"
#include "sim/deck/schema.hpp"
#include "sim/deck/spelling.hpp"
#include "sim/deck/used_with.hpp"
#include "sim/deck/value.hpp"

namespace symbreak::deck {

namespace fs = std::filesystem;

namespace {

constexpr const char* kDeckName = "<name of the deck file>";

/// Only what belongs to the identity of a point can be swept: points that differ in nothing else
/// would be the same point twice.
bool sweepable(const Key& key) {
  return key.role == Role::physics && key.section != "run" && key.name != "kind";
}

/// The deck's file name as a word; letters of other alphabets (UTF-8) stay what they are.
std::string name_of(const std::string& file) {
  std::string name = fs::path(file).stem().string();
  const bool readable = binary_byte(name) == name.npos;
  for (char& letter : name) {
    const auto code = static_cast<unsigned char>(letter);
    const bool plain = std::isalnum(code) != 0 || letter == '.' || letter == '-';
    if (!plain && !(readable && code >= 0x80)) letter = '_';
  }
  name.erase(0, name.find_first_not_of(".-"));
  return name.empty() ? "run" : name;
}

/// Complains about sections that do not exist, and reads one that is clearly misspelt as meant.
void check_sections(Scan& deck, const Catalogue& catalogue, Complaints& complaints) {
  const std::vector<std::string> known = sections(catalogue);
  std::set<std::string> there;
  for (const Header& header : deck.sections) there.insert(header.name);
  for (Header& header : deck.sections) {
    const std::string name = header.name;
    if (std::ranges::find(known, name) != known.end()) continue;
    complaints.add(header.place, fmt::format("unknown section [{}]; allowed: [{}]{}", name,
                                             fmt::join(known, "] ["), suggestion(name, known)));
    const std::string meant = did_you_mean(name, known);
    const bool replace = !meant.empty() && there.insert(meant).second;
    if (replace) header.name = meant;
    std::erase_if(deck.entries,
                  [&](const Entry& entry) { return entry.section == name && !replace; });
    for (Entry& entry : deck.entries) {
      if (entry.section == name) entry.section = meant;
    }
  }
}

/// The entries that count: those of the deck with the overrides put in their places, then the
/// overrides that the deck does not have.
std::vector<Entry> overridden(const Scan& deck, std::vector<Entry> overrides) {
  std::vector<Entry> entries = deck.entries;
  for (Entry& entry : overrides) {
    const auto found = std::ranges::find(entries, entry.path(), &Entry::path);
    if (found == entries.end()) {
      entries.push_back(std::move(entry));
    } else {
      *found = std::move(entry);
    }
  }
  return entries;
}

void complain_of_missing(const std::vector<const Key*>& missing, const Scan& deck,
                         const std::string& file, Complaints& complaints) {
  std::set<std::string> absent;
  for (const Key* key : missing) {
    const auto header = std::ranges::find(deck.sections, key->section, &Header::name);
    if (header != deck.sections.end()) {
      complaints.add(header->place, fmt::format("[{}] lacks the required key '{}'; allowed: {}",
                                                key->section, key->name, allowed(*key)));
    } else if (absent.insert(key->section).second) {
      std::vector<std::string> names;
      for (const Key* other : missing) {
        if (other->section == key->section) names.push_back(other->name);
      }
      complaints.add({file}, fmt::format("section [{}] is missing; required in it: {}",
                                         key->section, fmt::join(names, ", ")));
    }
  }
}

}  // namespace

Errors::Errors(std::vector<std::string> list)
    : std::runtime_error(fmt::format("{}", fmt::join(list, "\n"))), messages(std::move(list)) {}

std::vector<Key> common_keys() {
  return {
      with_role(Role::control,
                word_key("run", "name", kDeckName, "name of the run and of its directory")),
      {.section = "run",
       .name = "seed",
       .kind = Kind::seed,
       .text = "seed of all random streams; all 64 bits count"},
      {.section = "run",
       .name = "walltime",
       .kind = Kind::duration,
       .fallback = "0 s",
       .unit = "s",
       .text = "stop cleanly after this time, to be continued; 0 s: no limit",
       .minimum = 0,
       .role = Role::control},
      {.section = "run",
       .name = "checkpoint",
       .kind = Kind::duration,
       .fallback = "60 s",
       .unit = "s",
       .text = "time between checkpoints",
       .minimum = 0,
       .open_minimum = true,
       .role = Role::control},
      list_of(word_key(
          "run", "zip", "",
          "swept keys that advance together instead of multiplying: target.w0, experiment.t")),
      plain_key(
          Kind::boolean, "run", "share_disorder", "no",
          "use the same disorder samples at all points, whose differences then have paired errors"),
      word_key("target", "kind", required, "which distribution of clean data"),
      word_key("experiment", "kind", required, "what is done to the target and measured"),
  };
}

Deck parse(const std::string& text, const std::string& name,
           const std::vector<std::string>& overrides, const Catalogue& catalogue) {
  Complaints complaints;
  Scan deck = scan(text, name, complaints);
  if (deck.sections.empty()) complaints.raise();  // not a deck: nothing else is worth saying
  check_sections(deck, catalogue, complaints);
  std::vector<Entry> entries = overridden(deck, scan_overrides(overrides, complaints));
  const auto chosen = [&](const std::string& path) {
    const auto found = std::ranges::find(entries, path, &Entry::path);
    return found == entries.end() ? std::string() : found->value;
  };
  Schema schema(catalogue, chosen("target.kind"), chosen("experiment.kind"));
  for (Entry& entry : entries) {
    if (schema.find(entry.path()) != nullptr) continue;
    if (const Key* key = schema.find_alias(entry.path())) {
      if (std::ranges::find(entries, key->path(), &Entry::path) != entries.end()) {
        complaints.add(entry.key_place, fmt::format("'{}' is another name of '{}', which this deck "
                                                    "sets as well",
                                                    entry.key, key->name));
      }
      entry.key = key->name;
      continue;
    }
    if (const auto message = schema.complaint(entry)) complaints.add(entry.key_place, *message);
  }

  const Search search{fs::path(name).parent_path(), catalogue.most_points, catalogue.contents};
  std::vector<Field> fields;
  std::vector<const Key*> missing;
  for (const Key& key : schema.keys()) {
    const auto entry = std::ranges::find(entries, key.path(), &Entry::path);
    if (entry == entries.end() && !key.fallback) {
      if (!schema.meant(key)) missing.push_back(&key);
      continue;
    }
    Field field{key, {}, {name}, "default", entries.size()};
    std::string value = key.fallback == kDeckName ? name_of(name) : key.fallback.value_or("");
    if (entry != entries.end()) {
      value = entry->value;
      field.place = entry->value_place;
      field.origin =
          entry->value_place.command_line
              ? "command line"
              : fmt::format("{}:{}", fs::path(name).filename().string(), entry->value_place.line);
      field.order = static_cast<std::size_t>(entry - entries.begin());
    }
    if (entry == entries.end() && value.empty()) {  // an empty default is no number, an empty word
      const bool letters =
          key.kind == Kind::word || key.kind == Kind::text || key.kind == Kind::file;
      if (key.optional) continue;
      if (letters && key.arity == Arity::scalar) field.items.words = {""};
      fields.push_back(std::move(field));
      continue;
    }
    auto items = read_value(key, value, field.place, search, complaints);
    if (!items) continue;
    field.items = std::move(*items);
    if (field.swept() && !sweepable(key)) {
      complaints.add(field.place,
                     named(field.place, key,
                           fmt::format("takes one value, {} are given; only physics can be swept",
                                       field.items.size())));
      continue;
    }
    fields.push_back(std::move(field));
  }
  complain_of_missing(missing, deck, name, complaints);
  if (!catalogue.unused_keys) complain_of_unused(entries, fields, complaints);
  complaints.raise();

  Deck result{name, text, {}, {}, expand(fields, deck, catalogue, complaints)};
  complaints.raise();
  std::set<std::pair<std::string, std::string>> told;
  for (const Parameters& point : result.points) {
    try {
      if (catalogue.validate) catalogue.validate(point);
    } catch (const KeyError& error) {
      if (told.emplace(error.key, error.what()).second) complain(error, fields, deck, complaints);
    }
  }
  complaints.raise();

  for (const Field& field : fields) {
    result.settings.push_back({field.path(), field.items.text(field.key), field.origin,
                               field.key.role,
                               fmt::format("{}", fmt::join(field.items.contents, ", "))});
  }
  for (const Field* field : swept(fields)) result.swept.push_back(field->path());
  return result;
}

Deck load(const std::string& path, const std::vector<std::string>& overrides,
          const Catalogue& catalogue) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    throw Errors({fmt::format("{}: is a directory; a deck is a text file", path)});
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw Errors({fmt::format(
        "{}: {}", path,
        fs::exists(path, error) ? "this deck cannot be read" : "there is no such deck")});
  }
  std::ostringstream text;
  text << file.rdbuf();
  return parse(text.str(), path, overrides, catalogue);
}

}  // namespace symbreak::deck
