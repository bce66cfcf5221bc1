#include "sim/record/result_head.hpp"

#include <algorithm>
#include <map>

namespace symbreak::record {

namespace {

using hdf5::Group;
using hdf5::Texts;

const std::map<deck::Role, std::string> kRoles = {{deck::Role::physics, "physics"},
                                                  {deck::Role::statistics, "statistics"},
                                                  {deck::Role::control, "control"}};

void write_deck(const Group& group, const ResultFile& content) {
  group.write("text", Texts{content.result.deck});
  Texts key, value, origin, role, contents;
  for (const deck::Setting& setting : content.settings) {
    key.push_back(setting.path);
    value.push_back(setting.text);
    origin.push_back(setting.origin);
    role.push_back(kRoles.at(setting.role));
    contents.push_back(setting.contents);
  }
  group.write("key", key);
  group.write("value", value);
  group.write("origin", origin);
  group.write("role", role);
  group.write("contents", contents);
}

void read_deck(const Group& group, const std::string& path, ResultFile& content) {
  const Texts text = group.texts("text"), key = group.texts("key"), value = group.texts("value");
  const Texts origin = group.texts("origin"), role = group.texts("role");
  const Texts columns = group.members();
  const bool hashed = std::find(columns.begin(), columns.end(), "contents") != columns.end();
  const Texts contents = hashed ? group.texts("contents") : Texts(key.size());
  if (text.size() != 1 || contents.size() != key.size() || value.size() != key.size() ||
      origin.size() != key.size() || role.size() != key.size()) {
    throw FileError(path + ": the table of keys has columns of different lengths");
  }
  content.result.deck = text.front();
  for (std::size_t i = 0; i < key.size(); ++i) {
    deck::Setting setting{key[i], value[i], origin[i], deck::Role::physics};
    for (const auto& [known, name] : kRoles) {
      if (name == role[i]) setting.role = known;
    }
    setting.contents = contents[i];
    content.settings.push_back(std::move(setting));
  }
}

void write_sessions(const Group& group, const std::vector<Session>& sessions) {
  Texts start, end, host, command, version;
  std::vector<std::uint64_t> ranks, units;
  for (const Session& session : sessions) {
    start.push_back(session.start);
    end.push_back(session.end);
    host.push_back(session.host);
    command.push_back(session.command);
    version.push_back(session.version);
    ranks.push_back(static_cast<std::uint64_t>(session.ranks));
    units.push_back(static_cast<std::uint64_t>(session.units));
  }
  group.write("start", start);
  group.write("end", end);
  group.write("host", host);
  group.write("command", command);
  group.write("version", version);
  group.write("ranks", ranks, {ranks.size()});
  group.write("units", units, {units.size()});
}

std::vector<Session> read_sessions(const Group& group, const std::string& path) {
  const Texts start = group.texts("start"), end = group.texts("end"), host = group.texts("host");
  const Texts command = group.texts("command"), version = group.texts("version");
  const auto ranks = group.integers("ranks"), units = group.integers("units");
  for (const std::size_t size :
       {end.size(), host.size(), command.size(), version.size(), ranks.size(), units.size()}) {
    if (size != start.size()) throw FileError(path + ": the sessions have different lengths");
  }
  std::vector<Session> sessions;
  for (std::size_t i = 0; i < start.size(); ++i) {
    sessions.push_back({start[i], end[i], host[i], command[i], version[i],
                        static_cast<int>(ranks[i]), static_cast<std::int64_t>(units[i])});
  }
  return sessions;
}

}  // namespace

void write_head(const Group& root, const ResultFile& content) {
  const verdict::Result& result = content.result;
  root.attribute("run", result.run);
  root.attribute("target", result.target);
  root.attribute("experiment", result.experiment);
  root.attribute("headline", result.headline);
  root.attribute("fingerprint", content.fingerprint);
  root.attribute("seed", result.seed);
  write_deck(root.create("deck"), content);
  root.create("plan").write("swept", result.swept);
  const Group performance = root.open("performance");
  for (const auto& [name, value] : content.performance) performance.attribute(name, value);
  write_sessions(root.create("sessions"), content.sessions);
  const Group provenance = root.create("provenance");
  for (const auto& [name, text] : result.provenance) provenance.attribute(name, text);
}

ResultFile read_head(const Group& root, const std::string& path) {
  ResultFile content;
  verdict::Result& result = content.result;
  result.run = root.text_attribute("run");
  result.target = root.text_attribute("target");
  result.experiment = root.text_attribute("experiment");
  result.headline = root.text_attribute("headline");
  content.fingerprint = root.text_attribute("fingerprint");
  result.seed = root.integer_attribute("seed");
  read_deck(root.open("deck"), path, content);
  for (const deck::Setting& setting : content.settings) {
    result.settings[setting.path] = setting.text;
  }
  result.swept = root.open("plan").texts("swept");
  const Group performance = root.open("performance");
  for (const std::string& name : performance.attributes()) {
    content.performance[name] = performance.real_attribute(name);
  }
  content.sessions = read_sessions(root.open("sessions"), path);
  const Group provenance = root.open("provenance");
  for (const std::string& name : provenance.attributes()) {
    result.provenance[name] = provenance.text_attribute(name);
  }
  return content;
}

}  // namespace symbreak::record
