#include "sim/deck/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <unordered_set>

#include "sim/deck/deck.hpp"
#include "sim/deck/matching.hpp"
#include "sim/deck/spelling.hpp"

namespace symbreak::deck {

namespace {

namespace fs = std::filesystem;

/// What is wrong with one item, and with which part of the text.
struct Fault {
  std::string_view part;
  std::string message;
};

constexpr double kLargestInteger = 0x1p53;  // beyond it a double skips integers

Fault bad(std::string_view text, const std::string& what, const Key& key,
          const std::string& hint = "") {
  return {text, fmt::format("{} {}; allowed: {}{}", quote(text), what, allowed(key), hint)};
}

double number(std::string_view text, const Key& key) {
  std::string_view digits = text;
  if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end != digits.data() + digits.size() || error == std::errc::invalid_argument) {
    throw bad(text, "is not a number", key);
  }
  if (std::ranges::find(key.choices, text) != key.choices.end() && std::isinf(value)) return value;
  if (error != std::errc{} || !std::isfinite(value)) {
    throw bad(text, "is not a finite double-precision number", key);
  }
  if (key.kind == Kind::integer) {
    if (value != std::rint(value)) throw bad(text, "is not an integer", key);
    // 2^53 + 1 reads as the double 2^53: compare what was written.
    if (std::abs(value) > kLargestInteger ||
        (std::abs(value) == kLargestInteger && !digits.ends_with("9007199254740992"))) {
      throw bad(text, "is beyond 2^53, where integers are not exact", key);
    }
  }
  return value;
}

double in_range(double value, std::string_view text, const Key& key) {
  if (const auto fault = range_fault(key, value)) throw Fault{text, *fault};
  return value;
}

/// Rounded to 15 digits: 0.1 * 3 becomes the 0.3 that a user would type.
double tidy(double value) {
  const std::string text = fmt::format("{:.15g}", value);
  double rounded = value;
  std::from_chars(text.data(), text.data() + text.size(), rounded);
  return rounded;
}

double clock_seconds(std::string_view text, const Key& key) {
  double total = 0;
  int parts = 0;
  for (std::string_view rest = text;; ++parts) {
    const std::string_view part = rest.substr(0, rest.find(':'));
    int value = 0;
    const bool digits = !part.empty() && part.find_first_not_of("0123456789") == part.npos;
    if (digits) std::from_chars(part.data(), part.data() + part.size(), value);
    if (!digits || part.size() > 9 || (parts > 0 && (part.size() != 2 || value > 59))) {
      throw bad(text, "is not a duration", key);
    }
    total = total * 60 + value;
    if (part.size() == rest.size()) break;
    rest.remove_prefix(part.size() + 1);
  }
  if (parts != 2) {
    throw bad(text, "is minutes and seconds or hours and minutes: it is not HH:MM:SS", key);
  }
  return total;
}

/// Slurm's D-HH:MM:SS. Its shorter forms are refused: what a lone number counts depends on who
/// reads it.
double day_seconds(std::string_view text, const Key& key) {
  const std::string_view days = text.substr(0, text.find('-'));
  const std::string_view rest = text.substr(days.size() + 1);
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.size() <= 6 && part.find_first_not_of("0123456789") == part.npos;
  };
  if (!digits(days)) throw bad(text, "is not a duration", key);
  const std::string_view hours = rest.substr(0, rest.find(':'));
  const bool whole = std::count(rest.begin(), rest.end(), ':') == 2;
  int day = 0, hour = 0;
  std::from_chars(days.data(), days.data() + days.size(), day);
  if (!digits(hours)) throw bad(text, "is not a duration", key);
  std::from_chars(hours.data(), hours.data() + hours.size(), hour);
  if (hours.size() > 2 || hour > 23) throw bad(text, "has more than 23 hours beside days", key);
  if (!whole) {
    throw bad(text,
              fmt::format("lacks {}: it is not D-HH:MM:SS",
                          rest.size() == hours.size() ? "minutes and seconds" : "seconds"),
              key);
  }
  return 86400.0 * day + clock_seconds(rest, key);
}

double seconds(std::string_view text, const Key& key) {
  const auto first = text.find_first_not_of("0123456789");
  const bool days = first != text.npos && first > 0 && text[first] == '-';
  if (days) return day_seconds(text, key);
  if (text.find(':') != text.npos) return clock_seconds(text, key);
  const auto last = text.find_last_of("0123456789.");
  if (last == text.npos) throw bad(text, "is not a duration", key);
  const std::string_view unit = trim(text.substr(last + 1));
  if (unit.empty()) {
    throw bad(text, "has no unit (minutes to Slurm, seconds to others)", key);
  }
  for (const auto& [name, factor] : {std::pair{"s", 1.0}, std::pair{"min", 60.0},
                                     std::pair{"h", 3600.0}, std::pair{"d", 86400.0}}) {
    if (unit == name) return number(text.substr(0, last + 1), key) * factor;
  }
  throw bad(text, fmt::format("has the unknown unit {}", quote(unit)), key);
}

/// Splits at commas outside of parentheses; checks the parentheses.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  std::vector<std::size_t> open;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') open.push_back(i);
    if (text[i] == ')') {
      if (open.empty()) throw Fault{text.substr(i, 1), "')' without '('"};
      open.pop_back();
    }
    if (text[i] == ',' && open.empty()) {
      parts.push_back(trim(text.substr(start, i - start)));
      start = i + 1;
    }
  }
  if (!open.empty()) throw Fault{text.substr(open.back(), 1), "'(' without ')'"};
  parts.push_back(trim(text.substr(start)));
  return parts;
}

/// Letters of any alphabet, digits and _ - . (UTF-8: decks are nothing else).
bool word_letter(char letter) {
  const auto code = static_cast<unsigned char>(letter);
  return code >= 0x80 || std::isalnum(code) != 0 || letter == '_' || letter == '-' || letter == '.';
}

/// Reads the items of one key.
class Reader {
 public:
  Reader(const Key& key, const Search& search, bool command_line)
      : key_(key), search_(search), command_line_(command_line) {}

  void item(std::string_view text) {
    if (text.empty()) throw Fault{text, "empty item in a list"};
    switch (key_.kind) {
      case Kind::integer:
      case Kind::real:
        if (key_.automatic && (text == "auto" || text.starts_with("auto("))) {
          automatic(text);
        } else if (text.ends_with(')')) {
          function(text);
        } else {
          items_.numbers.push_back(in_range(number(text, key_), text, key_));
        }
        return;
      case Kind::boolean:
        return boolean(text);
      case Kind::duration:
        items_.numbers.push_back(in_range(seconds(text, key_), text, key_));
        return;
      case Kind::word:
        return word(text);
      case Kind::seed:
        return seed(text);
      case Kind::file:
        return text.find('*') == text.npos ? file(text) : files(text);
      case Kind::text:
        items_.words.emplace_back(text);
        return;
    }
  }

  Items result() && {
    std::sort(items_.offsets.begin(), items_.offsets.end());
    items_.offsets.erase(std::unique(items_.offsets.begin(), items_.offsets.end()),
                         items_.offsets.end());
    if (generated_) {  // overlapping grids share points; what is typed twice is left to complain of
      std::unordered_set<double> seen;
      std::erase_if(items_.numbers, [&](double value) { return !seen.insert(value).second; });
    }
    return std::move(items_);
  }

 private:
  void boolean(std::string_view text) {
    const bool yes = text == "yes" || text == "true", no = text == "no" || text == "false";
    if (!yes && !no) {
      throw bad(text, "is neither yes nor no", key_,
                suggestion(std::string(text), {"yes", "no", "true", "false"}));
    }
    items_.numbers.push_back(yes ? 1 : 0);
  }

  void word(std::string_view text) {
    const std::string spelled(text);
    if (!key_.choices.empty()) {
      if (std::find(key_.choices.begin(), key_.choices.end(), spelled) == key_.choices.end()) {
        throw bad(text, "is unknown", key_, suggestion(spelled, key_.choices));
      }
    } else if (!std::ranges::all_of(text, word_letter) || text.front() == '.' ||
               text.front() == '-') {
      throw bad(text, "is not a word", key_);
    }
    items_.words.push_back(spelled);
  }

  void seed(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
      throw bad(text, "is not a 64-bit seed", key_);
    }
    items_.words.push_back(fmt::format("{}", value));
  }

  void file(std::string_view text) {
    items_.paths.push_back(find(text));
    items_.words.emplace_back(text);
    if (search_.contents) items_.contents.push_back(search_.contents(items_.paths.back()));
  }

  /// Those of the first place that has any, numbers in their names in the order of their values.
  void files(std::string_view text) {
    const fs::path wanted(text);
    std::vector<std::string> searched = places(wanted);
    if (wanted.parent_path().string().find('*') == std::string::npos) {
      if (searched.empty()) searched.emplace_back("/");  // an absolute name
      for (const std::string& place : searched) {
        const auto names =
            matching(fs::path(place) / wanted.parent_path(), wanted.filename().string());
        for (const std::string& name : names) file((wanted.parent_path() / name).string());
        if (!names.empty()) return;
      }
    }
    throw Fault{text, fmt::format("no file matches {}; searched: {}{}; '*' stands for any letters "
                                  "of a name, not of a folder",
                                  quote(text), fmt::join(searched, ", "), unset(wanted))};
  }

  /// Where a file is looked for.
  std::vector<std::string> places(const fs::path& wanted) const {
    constexpr const char* kDebian = "/usr/share/datasets";  // packages dataset-*
    std::vector<std::string> places;
    if (!wanted.is_absolute()) {
      places.push_back(search_.deck_directory.empty() ? "." : search_.deck_directory.string());
      if (command_line_ && places.front() != ".") places.emplace_back(".");
      const char* variable = std::getenv("SYMBREAK_DATA");
      for (std::string_view rest = variable == nullptr ? "" : variable; !rest.empty();) {
        const std::string_view part = rest.substr(0, rest.find(':'));
        if (!part.empty()) places.emplace_back(part);
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
      }
      places.emplace_back(kDebian);
    }
    return places;
  }
  static std::string unset(const fs::path& wanted) {
    const bool asked = !wanted.is_absolute() && std::getenv("SYMBREAK_DATA") == nullptr;
    return asked ? "; SYMBREAK_DATA is not set" : "";
  }

  /// The file itself; else relative to the deck, or, said on the command line, to where that is
  /// given; else in a directory of SYMBREAK_DATA; else among Debian's.
  std::string find(std::string_view text) const {
    const fs::path wanted(text);
    const std::vector<std::string> searched = places(wanted);
    for (std::size_t i = 0; i < std::max<std::size_t>(searched.size(), 1); ++i) {
      const fs::path path = searched.empty() ? wanted : fs::path(searched[i]) / wanted;
      std::error_code error;
      if (fs::is_regular_file(path, error)) return path.lexically_normal().string();
      if (fs::is_directory(path, error)) {
        if (key_.folder) {
          const fs::path normal = path.lexically_normal();  // "photos/" is "photos"
          return (normal.has_filename() ? normal : normal.parent_path()).string();
        }
        throw bad(text, "is a directory", key_);
      }
    }
    throw Fault{text, fmt::format("there is no file {}{}{}{}", quote(text),
                                  searched.empty() ? "" : "; searched: ", fmt::join(searched, ", "),
                                  unset(wanted))};
  }

  /// auto(tolerance); auto alone stands for one in a hundred.
  void automatic(std::string_view text) {
    double tolerance = 0.01;
    if (text != "auto") {
      const Key share{.section = key_.section, .name = key_.name, .maximum = 1};
      if (!text.ends_with(')')) throw Fault{text, "'(' without ')'"};
      const std::string_view inside = trim(text.substr(5, text.size() - 6));
      tolerance = number(inside, share);
      if (!(tolerance > 0 && tolerance < 1)) {
        throw Fault{inside, fmt::format("tolerance {} of auto is not between 0 and 1", inside)};
      }
    }
    items_.words.push_back(fmt::format("auto({})", tolerance));
  }

  /// lin(a, b, n), log(a, b, n), critical(+-w, n).
  void function(std::string_view text) {
    const auto open = text.find('(');
    const std::string name(trim(text.substr(0, open)));
    const std::vector<std::string> known{"lin", "log", "critical"};
    if (name == "critical" && !key_.critical) {
      throw Fault{text, "critical(±w, n) is only for keys with a predicted critical value"};
    }
    if (open == text.npos || std::find(known.begin(), known.end(), name) == known.end()) {
      throw Fault{text, fmt::format("{} is not a function; allowed: lin(a, b, n), log(a, b, n){}{}",
                                    quote(name), key_.critical ? ", critical(±w, n)" : "",
                                    suggestion(name, known))};
    }
    const auto arguments = split(text.substr(open + 1, text.size() - open - 2));
    generated_ = true;
    if (name == "critical") return window(text, arguments);
    if (arguments.size() != 3) {
      throw Fault{text, fmt::format("{} is not {}(first, last, count)", quote(text), name)};
    }
    const bool logarithmic = name == "log";
    const double first = number(arguments[0], key_), last = number(arguments[1], key_);
    const std::size_t n = count(arguments[2]);
    if (logarithmic && (first <= 0 || last <= 0)) {
      throw Fault{text, fmt::format("{} needs positive ends", quote(text))};
    }
    for (std::size_t i = 0; i < n; ++i) {
      const double f = n == 1 ? 0 : static_cast<double>(i) / static_cast<double>(n - 1);
      double value = i == 0        ? first
                     : i + 1 == n  ? last
                     : logarithmic ? tidy(std::exp((1 - f) * std::log(first) + f * std::log(last)))
                                   : tidy((1 - f) * first + f * last);
      if (key_.kind == Kind::integer && value != std::rint(value)) {
        throw bad(text, fmt::format("gives {}, which is not an integer", value), key_);
      }
      items_.numbers.push_back(in_range(value, text, key_));
    }
  }

  void window(std::string_view text, std::vector<std::string_view> arguments) {
    if (arguments.size() != 2) {
      throw Fault{text, fmt::format("{} is not critical(±width, count)", quote(text))};
    }
    for (const std::string_view sign : {"±", "+-", "+/-"}) {
      if (arguments[0].starts_with(sign)) {
        arguments[0] = trim(arguments[0].substr(sign.size()));
        break;
      }
    }
    const Key plain{.section = key_.section, .name = key_.name};
    const double width = number(arguments[0], plain);
    if (width <= 0) {
      throw Fault{arguments[0],
                  fmt::format("width {} of critical is not positive", quote(arguments[0]))};
    }
    const std::size_t n = count(arguments[1]);
    const auto steps = static_cast<double>(n - 1);
    for (std::size_t i = 0; i < n; ++i) {
      const double f = n == 1 ? 0 : (2 * static_cast<double>(i) - steps) / steps;
      items_.offsets.push_back(tidy(width * f));
    }
    items_.windows.push_back(fmt::format("critical(±{}, {})", width, n));
  }

  std::size_t count(std::string_view text) const {
    std::size_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    const bool huge = error == std::errc::result_out_of_range;
    if (end != text.data() + text.size() || (n < 1 && !huge)) {
      throw Fault{text, fmt::format("count {} is not an integer >= 1", quote(text))};
    }
    if (huge || n > search_.most_items - std::min(items_.size(), search_.most_items)) {
      throw Fault{text, fmt::format("count {} is too large; allowed: at most {} values",
                                    quote(text), search_.most_items)};
    }
    return n;
  }

  const Key& key_;
  const Search& search_;
  bool command_line_;
  bool generated_ = false;
  Items items_;
};

}  // namespace

Value Items::pick(const Key& key, std::size_t i) const {
  Value value{.kind = key.kind, .role = key.role, .arity = key.arity, .numbers = {}, .words = {}};
  if (i < numbers.size()) value.numbers = {numbers[i]};
  if (i >= numbers.size() && i - numbers.size() < words.size()) {
    value.words = {words[i - numbers.size()]};
  }
  if (i < paths.size()) value.paths = {paths[i]};
  if (i < contents.size()) value.contents = {contents[i]};
  return value;
}

Value Items::all(const Key& key) const {
  return {key.kind, key.role, key.arity, numbers, words, paths, contents};
}

std::string Items::text(const Key& key) const {
  std::string text = all(key).canonical();
  for (const std::string& window : windows) text += (text.empty() ? "" : ", ") + window;
  return text;
}

std::optional<std::string> range_fault(const Key& key, double number) {
  const bool below = key.open_minimum ? number <= key.minimum : number < key.minimum;
  if (!below && number <= key.maximum) return std::nullopt;  // NaN is refused
  return fmt::format("{} is out of range; allowed: {}", number, allowed(key));
}

std::string named(const Place& place, const Key& key, const std::string& message) {
  return place.command_line ? message : key.path() + ": " + message;
}

std::optional<Items> read_value(const Key& key, const std::string& text, const Place& place,
                                const Search& search, Complaints& complaints) {
  if (text.empty()) {
    complaints.add(place, named(place, key, "has no value; allowed: " + allowed(key)));
    return std::nullopt;
  }
  bool good = true;
  const auto complain = [&](const Fault& fault) {
    good = false;
    Place at = place;
    if (!at.command_line && at.line > 0) {
      const auto before = static_cast<std::size_t>(fault.part.data() - text.data());
      at.column += characters(std::string_view(text).substr(0, before));
    }
    complaints.add(at, named(place, key, fault.message));
  };
  Reader reader(key, search, place.command_line);
  try {
    const bool one = key.kind == Kind::text && key.arity == Arity::scalar;
    for (const std::string_view item : one ? std::vector<std::string_view>{text} : split(text)) {
      try {
        reader.item(item);
      } catch (const Fault& fault) {
        complain(fault);
      }
    }
  } catch (const Fault& fault) {
    complain(fault);
  }
  if (!good) return std::nullopt;
  return std::move(reader).result();
}

double duration(const std::string& text, const std::string& where) {
  const Key key{.section = "a", .name = "duration", .kind = Kind::duration, .minimum = 0};
  try {
    const std::string_view content = trim(text);
    return in_range(seconds(content, key), content, key);
  } catch (const Fault& fault) {
    throw Errors({where + ": " + fault.message});
  }
}

}  // namespace symbreak::deck
