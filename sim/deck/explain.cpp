// What `symbreak explain` and the README say of the keys.
#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include "analysis/layout/layout.hpp"
#include "sim/deck/deck.hpp"
#include "sim/deck/schema.hpp"
#include "sim/deck/search.hpp"
#include "sim/deck/spelling.hpp"
#include "sim/deck/topics.hpp"
#include "sim/deck/used_with.hpp"

namespace symbreak::deck {

namespace {

using layout::Definition;
using layout::definitions;

std::string wrap(const std::string& text, std::size_t indent, std::size_t width) {
  return layout::wrapped(text, width, std::string(indent, ' '));
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

/// What becomes of a run that is there when the key is raised.
std::string raised(const Key& key) {
  if (key.role != Role::statistics) return "";
  const bool adds = std::ranges::find(kUnitCounts, key.path()) != std::end(kUnitCounts);
  return adds                        ? "; raised, it adds units"
         : key.path() == kUnitLength ? "; raised, units go on where they ended"
                                     : "; raised, units are done again";
}

/// `title` is the name within its section, or the whole path.
std::string paragraph(const Key& key, const std::string& title, std::size_t width) {
  const std::string status = !key.fallback           ? "required"
                             : key.fallback->empty() ? "optional"
                                                     : "default " + *key.fallback;
  return wrap(fmt::format("{}: {}{}; {}{}", title, type(key), unit(key), status, raised(key)), 2,
              width) +
         wrap(meaning(key), 6, width);
}

std::string table(const std::vector<Key>& keys, std::size_t width) {
  std::string text, section;
  for (const Key& key : keys) {
    if (key.section != section) text += fmt::format("\n[{}]\n", section = key.section);
    text += paragraph(key, key.name, width);
  }
  return text;
}

/// Which experiments can run on a target, and the reverse.
std::string partners(std::string_view owner, const Catalogue::Entry& entry) {
  if (entry.partners.empty()) return "";
  return fmt::format("{} {}",
                     owner == "target" ? "can run:" : "runs on:", fmt::join(entry.partners, ", "));
}

std::string list(const std::string& title, const std::vector<Catalogue::Entry>& entries,
                 std::size_t width) {
  std::vector<Definition> all;
  for (const auto& entry : entries) all.push_back({entry.name, entry.text});
  return title + "\n" + definitions(all, width);
}

/// What an experiment records, before it has run.
std::string measured(const Catalogue::Entry& entry, std::size_t width) {
  if (!entry.measures) return "";
  const auto [target, all] = entry.measures();
  if (all.empty()) return "";
  return fmt::format("\nIt records, on target {}:\n", target) + definitions(all, width);
}

}  // namespace

std::string explain(const std::string& what, const Catalogue& catalogue, std::size_t width) {
  const std::string targets = list("Targets, [target] kind =", catalogue.targets, width);
  const std::string experiments =
      list("Experiments, [experiment] kind =", catalogue.experiments, width);
  if (what.empty()) {
    std::vector<Definition> topics_list;
    for (const Topic& topic : topics()) topics_list.push_back({topic.name, topic.title});
    return targets + "\n" + experiments + "\nTopics\n" + definitions(topics_list, width) + "\n" +
           layout::wrapped("Sections of a deck: [" +
                               fmt::format("{}", fmt::join(sections(catalogue), "] [")) + "]",
                           width) +
           layout::wrapped(
               "More: symbreak explain KIND, TOPIC, SECTION, SECTION.KEY or any word; explain "
               "matrix: which experiment runs on which target",
               width);
  }
  for (const Topic& topic : topics()) {
    if (topic.name == what)
      return topic.name + ": " + topic.title + "\n" + topic_text(topic, width);
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
      text += paragraph(key, key.path() + owner, width);
    }
  };
  look(Schema(catalogue, "", "").keys(), "");
  const auto look_all = [&](const std::vector<Catalogue::Entry>& entries, const char* owner) {
    for (const Catalogue::Entry& entry : entries) {
      names.push_back(entry.name);
      if (entry.name == what) {
        text += fmt::format("{} kind '{}'\n", owner, entry.name) + wrap(entry.text, 2, width) +
                wrap(partners(owner, entry), 2, width) + table(entry.keys, width) +
                measured(entry, width);
      }
      look(entry.keys, fmt::format(" ({} '{}')", owner, entry.name));
    }
  };
  look_all(catalogue.targets, "target");
  look_all(catalogue.experiments, "experiment");
  text += table(section, width);
  if (text.empty()) text = found(what, catalogue, width);
  if (text.empty()) {
    for (const Topic& topic : topics()) names.push_back(topic.name);
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
