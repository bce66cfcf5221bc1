// What `symbreak explain` and the README say of the keys.
#include <fmt/format.h>

#include <boost/algorithm/string/replace.hpp>
#include <sstream>

#include "sim/deck/deck.hpp"
#include "sim/deck/schema.hpp"
#include "sim/deck/spelling.hpp"
#include "sim/deck/used_with.hpp"

namespace symbreak::deck {

namespace {

constexpr std::size_t kWidth = 100;

/// Words of `text` in lines of at most kWidth characters, each indented.
std::string wrap(const std::string& text, std::size_t indent) {
  std::string result, line;
  std::istringstream words(text);
  const std::string margin(indent, ' ');
  for (std::string word; words >> word;) {
    if (!line.empty() && indent + characters(line) + 1 + characters(word) > kWidth) {
      result += margin + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return line.empty() ? result : result + margin + line + "\n";
}

std::string type(const Key& key) {
  std::string text = allowed(key);
  if (key.kind == Kind::word && !key.choices.empty()) text = "one of " + text;
  if (key.arity == Arity::list) text = "list: " + text;
  if (key.critical) text += "; critical(±w, n)";
  return text;
}

std::string unit(const Key& key) {
  return key.unit.empty() || key.kind == Kind::duration ? "" : ", in " + key.unit;
}

std::string meaning(const Key& key) {
  const std::string when = usage(key);
  const std::string also = key.alias.empty() ? "" : fmt::format(" (or `{}`)", key.alias);
  return key.text + also + (when.empty() ? "" : fmt::format(" ({})", when));
}

/// `title` is the name within its section, or the whole path.
std::string paragraph(const Key& key, const std::string& title) {
  const std::string status = !key.fallback           ? "required"
                             : key.fallback->empty() ? "optional"
                                                     : "default " + *key.fallback;
  return wrap(fmt::format("{}: {}{}; {}", title, type(key), unit(key), status), 2) +
         wrap(meaning(key), 6);
}

std::string table(const std::vector<Key>& keys) {
  std::string text, section;
  for (const Key& key : keys) {
    if (key.section != section) text += fmt::format("\n[{}]\n", section = key.section);
    text += paragraph(key, key.name);
  }
  return text;
}

/// Which experiments can run on a target, and the reverse.
std::string partners(std::string_view owner, const Catalogue::Entry& entry) {
  if (entry.partners.empty()) return "";
  return fmt::format("{} {}",
                     owner == "target" ? "can run:" : "runs on:", fmt::join(entry.partners, ", "));
}

std::string list(const std::string& title, const std::vector<Catalogue::Entry>& entries) {
  std::string text = title + "\n";
  for (const auto& entry : entries) text += wrap(entry.name + ": " + entry.text, 2);
  return text;
}

}  // namespace

std::string explain(const std::string& what, const Catalogue& catalogue) {
  const std::string targets = list("Targets, [target] kind =", catalogue.targets);
  const std::string experiments = list("Experiments, [experiment] kind =", catalogue.experiments);
  if (what.empty()) {
    return targets + "\n" + experiments + "\nSections of a deck: [" +
           fmt::format("{}", fmt::join(sections(catalogue), "] [")) +
           "]\nMore: symbreak explain KIND, SECTION or SECTION.KEY\n";
  }
  std::vector<std::string> names = sections(catalogue);
  std::string text = what == "target" ? targets : what == "experiment" ? experiments : "";
  std::vector<Key> section, single;
  const auto look = [&](const std::vector<Key>& keys, const std::string& owner) {
    for (const Key& key : keys) {
      names.push_back(key.path());
      if (key.section == what && owner.empty()) section.push_back(key);
      const bool sampling = key.section == what && what != "target" && what != "experiment";
      if (key.path() != what && key.name != what && !(sampling && !owner.empty())) continue;
      text += paragraph(key, key.path() + owner);
    }
  };
  look(Schema(catalogue, "", "").keys(), "");
  const auto look_all = [&](const std::vector<Catalogue::Entry>& entries, const char* owner) {
    for (const Catalogue::Entry& entry : entries) {
      names.push_back(entry.name);
      if (entry.name == what) {
        text += fmt::format("{} kind '{}'\n", owner, entry.name) + wrap(entry.text, 2) +
                wrap(partners(owner, entry), 2) + table(entry.keys);
      }
      look(entry.keys, fmt::format(" ({} '{}')", owner, entry.name));
    }
  };
  look_all(catalogue.targets, "target");
  look_all(catalogue.experiments, "experiment");
  text += table(section);
  if (text.empty()) {
    throw Errors({fmt::format("there is nothing called {} to explain; see symbreak explain{}",
                              quote(what), suggestion(what, names))});
  }
  return text;
}

namespace {

std::string cell(std::string content) {
  boost::replace_all(content, "|", "\\|");
  return content;
}

}  // namespace

std::string markdown(const std::vector<Key>& keys) {
  std::string text = "| key | value | default | meaning |\n|---|---|---|---|\n";
  for (const Key& key : keys) {
    text += fmt::format("| `{}` | {}{} | {} | {} |\n", key.path(), cell(type(key)), unit(key),
                        cell(key.fallback.value_or("required")), cell(meaning(key)));
  }
  return text;
}

std::string markdown(const std::string& what, const Catalogue& catalogue) {
  std::string text;
  for (const auto& [section, entries] :
       {std::pair{"target", &catalogue.targets}, {"experiment", &catalogue.experiments}}) {
    if (what == section) text += "| kind | what it is |\n|---|---|\n";
    for (const Catalogue::Entry& entry : *entries) {
      if (what == section) text += fmt::format("| `{}` | {} |\n", entry.name, cell(entry.text));
      if (what.empty()) {
        text += fmt::format("\n## {} `{}`\n\n{}\n\n{}\n\n{}", section, entry.name, cell(entry.text),
                            partners(section, entry),
                            entry.keys.empty() ? "No keys.\n" : markdown(entry.keys));
      }
      if (what == entry.name) text += markdown(entry.keys);
    }
  }
  if (what.empty()) text = "## Every deck\n\n" + markdown(catalogue.common) + text;
  return text;
}

}  // namespace symbreak::deck
