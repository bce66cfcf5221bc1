#include "sim/data/understood.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace symbreak::data {

namespace {

struct Reading {
  std::string key, file;
  Remarks said;
};

/// Of this process. Readers are called from one thread.
std::vector<Reading>& readings() {
  static std::vector<Reading> all;
  return all;
}

Reading& reading_of(const Source& source) {
  for (Reading& each : readings()) {
    if (each.key == source.key && each.file == source.file) return each;
  }
  return readings().emplace_back(Reading{source.key, source.file, {}});
}

void add_once(std::vector<std::string>& lines, const std::string& line) {
  if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
}

}  // namespace

void begin_reading(const Source& source) { begin_reading(source, {}); }

void begin_reading(const Source& source, Remarks again) {
  reading_of(source).said = std::move(again);
}

Remarks remarks_on(const Source& source) { return reading_of(source).said; }

void note(const Source& source, const std::string& fact) {
  add_once(reading_of(source).said.facts, fact);
}

void warn(const Source& source, const std::string& warning) {
  add_once(reading_of(source).said.warnings, warning);
}

std::vector<std::string> understood() {
  std::vector<std::string> lines;
  for (const Reading& each : readings()) {
    if (each.said.facts.empty()) continue;
    lines.push_back(fmt::format("{}: {}", std::filesystem::path(each.file).filename().string(),
                                fmt::join(each.said.facts, "; ")));
  }
  return lines;
}

std::vector<std::string> warnings() {
  std::vector<std::string> lines;
  for (const Reading& each : readings()) {
    for (const std::string& warning : each.said.warnings) {
      lines.push_back(fmt::format("{}: {}: {}", each.key, each.file, warning));
    }
  }
  return lines;
}

}  // namespace symbreak::data
