#include "sim/deck/scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "sim/deck/deck.hpp"
#include "sim/deck/spelling.hpp"

namespace symbreak::deck {

namespace {

constexpr std::size_t kMostComplaints = 100;  // a file that is no deck at all

/// The line up to its comment: `#` first or after a blank.
std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) {
      return line.substr(0, i);
    }
  }
  return line;
}

/// Reads line by line into a Scan.
class Scanner {
 public:
  Scanner(const std::string& file, Complaints& complaints) : file_(file), complaints_(complaints) {
    scan_.file = file;
  }

  void line(std::string_view whole) {
    whole_ = whole;
    ++line_;
    const std::string_view content = trim(without_comment(whole));
    if (content.empty()) return;
    if (content.front() == '[') {
      header(content);
    } else {
      entry(content);
    }
  }
  Scan result() && { return std::move(scan_); }

 private:
  Place place(std::string_view part) const {
    const auto before = static_cast<std::size_t>(part.data() - whole_.data());
    return {file_, line_, 1 + characters(whole_.substr(0, before))};
  }

  void header(std::string_view content) {
    const auto end = content.find(']');
    const std::string name(trim(content.substr(1, end == content.npos ? end : end - 1)));
    open_ = true;
    section_ = name;
    if (end == content.npos || name.empty() || end + 1 != content.size()) {
      complaints_.add(place(content),
                      fmt::format("{} is not a section; expected [name]", quote(content)));
      if (name.empty()) return;
    }
    const auto [first, fresh] = section_lines_.emplace(name, line_);
    if (fresh) {
      scan_.sections.push_back({name, place(content)});
    } else {
      complaints_.add(
          place(content),
          fmt::format("section [{}] was opened before, at line {}; keep its keys together", name,
                      first->second));
    }
  }

  void entry(std::string_view content) {
    const auto equals = content.find('=');
    if (equals == content.npos) {
      complaints_.add(
          place(content),
          fmt::format("{} is neither a section nor an entry; expected [section] or key = value",
                      quote(content)));
      return;
    }
    const std::string_view key = trim(content.substr(0, equals));
    if (key.empty()) {
      complaints_.add(place(content), "no key before '='; expected key = value");
      return;
    }
    if (!open_) {
      complaints_.add(place(key),
                      fmt::format("key {} is in no section; begin with [section]", quote(key)));
      return;
    }
    const std::string_view value = trim(content.substr(equals + 1));
    Entry entry{section_, std::string(key), std::string(value), place(key),
                place(value.empty() ? content.substr(equals) : value)};
    const auto [first, fresh] = key_lines_.emplace(entry.path(), line_);
    if (fresh) {
      scan_.entries.push_back(std::move(entry));
    } else {
      complaints_.add(place(key), fmt::format("key {} of [{}] was set before, at line {}",
                                              quote(key), section_, first->second));
    }
  }

  std::string file_;
  Complaints& complaints_;
  std::string_view whole_;
  std::size_t line_ = 0;
  bool open_ = false;
  std::string section_;
  std::map<std::string, std::size_t> section_lines_, key_lines_;
  Scan scan_;
};

}  // namespace

std::string Place::text() const {
  return line == 0 ? origin : fmt::format("{}:{}:{}", origin, line, column);
}

void Complaints::add(const Place& place, const std::string& message) {
  list_.push_back({place, message});
}

void Complaints::raise() const {
  if (!any()) return;
  std::vector<Complaint> sorted = list_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Complaint& a, const Complaint& b) {
    const auto order = [](const Place& place) {
      return std::tuple(place.command_line, place.line == 0, place.line, place.column);
    };
    return order(a.place) < order(b.place);
  });
  std::vector<std::string> messages;
  for (const Complaint& complaint : sorted) {
    if (messages.size() == kMostComplaints) {
      messages.push_back(fmt::format("... and {} more errors", sorted.size() - messages.size()));
      break;
    }
    messages.push_back(complaint.place.text() + ": " + complaint.message);
  }
  throw Errors(std::move(messages));
}

Scan scan(const std::string& text, const std::string& file, Complaints& complaints) {
  std::string_view rest = text;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  if (const auto bad = binary_byte(rest); bad != rest.npos) {
    const std::string_view before = rest.substr(0, bad);
    const auto line_start = before.rfind('\n') + 1;  // npos + 1 = 0
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    complaints.add(
        {file, static_cast<std::size_t>(line), 1 + characters(before.substr(line_start))},
        fmt::format("byte 0x{:02x} is not text; a deck is UTF-8 text, without control characters",
                    static_cast<unsigned char>(rest[bad])));
    return {};
  }
  Scanner scanner(file, complaints);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    scanner.line(line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::move(scanner).result();
}

Place Scan::section_of(const std::string& path) const {
  const auto header = std::ranges::find(sections, path.substr(0, path.find('.')), &Header::name);
  return header == sections.end() ? Place{file} : header->place;
}

std::vector<Entry> scan_overrides(const std::vector<std::string>& words, Complaints& complaints) {
  std::vector<Entry> entries;
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    const std::string path(trim(std::string_view(word).substr(0, equals)));
    const auto dot = path.find('.');
    const Place place{"--set " + path, 0, 0, true};
    if (binary_byte(word) != word.npos || word.find('\n') != word.npos) {
      complaints.add({"--set", 0, 0, true}, "not printable UTF-8 text");
    } else if (equals == word.npos || dot == path.npos || dot == 0 || dot + 1 == path.size()) {
      complaints.add({"--set", 0, 0, true},
                     fmt::format("{} is not an override; expected section.key=value", quote(word)));
    } else if (std::ranges::find(entries, path, &Entry::path) != entries.end()) {
      complaints.add(place, "given twice on the command line");
    } else {
      entries.push_back({path.substr(0, dot), path.substr(dot + 1),
                         std::string(trim(std::string_view(word).substr(equals + 1))), place,
                         place});
    }
  }
  return entries;
}

}  // namespace symbreak::deck
