#include "sim/command/matrix.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/layout/layout.hpp"

namespace symbreak::command {

namespace {

using deck::Catalogue;

bool runs(const Catalogue::Entry& experiment, const Catalogue::Entry& target) {
  return std::ranges::count(experiment.partners, target.name) > 0;
}

/// "a" ... "z", "aa", ...
std::string letters(std::size_t column) {
  const std::string last(1, static_cast<char>('a' + column % 26));
  return column < 26 ? last : letters(column / 26 - 1) + last;
}

std::size_t longest(const std::vector<Catalogue::Entry>& entries) {
  std::size_t most = 0;
  for (const Catalogue::Entry& entry : entries) most = std::max(most, entry.name.size());
  return most;
}

}  // namespace

std::string matrix(const Catalogue& catalogue, std::size_t width) {
  const auto& targets = catalogue.targets;
  const std::size_t name = longest(catalogue.experiments) + 1;
  const std::size_t wide = letters(targets.size() - 1).size() + 1;
  // As many targets beside each other as fit; the others in a block below.
  const std::size_t fitting =
      std::max<std::size_t>(1, (std::max(width, name + wide) - name) / wide);
  std::string text;
  for (std::size_t first = 0; first < targets.size(); first += fitting) {
    const std::size_t last = std::min(first + fitting, targets.size());
    const auto line = [&](const std::string& head, const auto& sign) {
      std::string row = layout::padded(head, name);
      for (std::size_t i = first; i < last; ++i) row += layout::padded(" " + sign(i), wide);
      row.erase(row.find_last_not_of(' ') + 1);
      text += row + "\n";
    };
    line("", letters);
    for (const Catalogue::Entry& experiment : catalogue.experiments) {
      line(experiment.name,
           [&](std::size_t i) -> std::string { return runs(experiment, targets[i]) ? "x" : "."; });
    }
    text += "\n";
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    names.push_back(letters(i) + "=" + targets[i].name);
  }
  return text + layout::wrapped(fmt::format("{}", fmt::join(names, ", ")), width) +
         layout::wrapped("A member of a kind may still lack what others have: `check` says so.",
                         width);
}

std::string matrix_markdown(const Catalogue& catalogue) {
  std::string text = "| |", rule = "|---|";
  for (const Catalogue::Entry& target : catalogue.targets) {
    text += " `" + target.name + "` |";
    rule += ":-:|";
  }
  text += "\n" + rule + "\n";
  for (const Catalogue::Entry& experiment : catalogue.experiments) {
    text += "| `" + experiment.name + "` |";
    for (const Catalogue::Entry& target : catalogue.targets) {
      text += runs(experiment, target) ? " ● |" : " |";
    }
    text += "\n";
  }
  return text;
}

}  // namespace symbreak::command
