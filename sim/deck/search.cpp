#include "sim/deck/search.hpp"

#include <fmt/format.h>

#include <boost/algorithm/string/predicate.hpp>
#include <map>

#include "sim/deck/topics.hpp"

namespace symbreak::deck {

namespace {

using layout::Definition;

/// "title\n  term  meaning\n ..." of those that hold the word.
std::string hits(const std::string& title, const std::string& word,
                 const std::vector<Definition>& all, std::size_t width) {
  std::vector<Definition> some;
  for (const Definition& one : all) {
    if (boost::icontains(one.term, word) || boost::icontains(one.meaning, word)) {
      some.push_back(one);
    }
  }
  return some.empty() ? "" : title + "\n" + layout::definitions(some, width);
}

}  // namespace

std::string found(const std::string& word, const Catalogue& catalogue, std::size_t width) {
  if (word.size() < 2) return "";
  std::vector<Definition> subjects, targets, experiments, keys, recorded;
  for (const Topic& topic : topics()) {
    std::string all = topic.title;
    for (const std::string& paragraph : topic.paragraphs) all += " " + paragraph;
    if (boost::icontains(all, word)) subjects.push_back({topic.name, topic.title});
  }
  const auto add_keys = [&](const std::vector<Key>& some, const std::string& owner) {
    for (const Key& key : some) keys.push_back({key.path() + owner, key.text});
  };
  add_keys(catalogue.common, "");
  for (const Catalogue::Entry& entry : catalogue.targets) {
    targets.push_back({entry.name, entry.text});
    add_keys(entry.keys, " (" + entry.name + ")");
  }
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> owners;
  for (const Catalogue::Entry& entry : catalogue.experiments) {
    experiments.push_back({entry.name, entry.text});
    add_keys(entry.keys, " (" + entry.name + ")");
    if (!entry.measures) continue;
    for (const Definition& one : entry.measures().second) {
      owners[{one.term, one.meaning}].push_back(entry.name);
    }
  }
  for (const auto& [one, kinds] : owners) {
    recorded.push_back({one.first, fmt::format("{} ({})", one.second, fmt::join(kinds, ", "))});
  }
  std::string topics_text;
  if (!subjects.empty()) topics_text = "Topics\n" + layout::definitions(subjects, width);
  const std::string all = topics_text + hits("Targets", word, targets, width) +
                          hits("Experiments", word, experiments, width) +
                          hits("Recorded", word, recorded, width) + hits("Keys", word, keys, width);
  if (all.empty()) return "";
  return layout::wrapped(fmt::format("'{}' is no kind, key or section; it occurs in", word),
                         width) +
         all;
}

}  // namespace symbreak::deck
