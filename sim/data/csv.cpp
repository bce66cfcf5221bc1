// Text tables: one data point per line, numbers separated by semicolons, commas, or blanks and tabs
// (the first of them that the first row of numbers has), in quotes or not. Skipped: empty lines,
// comments from # on (from % in a line of their own), and one line of column names. What
// spreadsheets, R and pandas write besides: a byte-order mark, a separator at the end of every
// line, a column of row names under a header that has no name for it. Missing values, decimal
// commas and words are errors in any row.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "sim/data/array.hpp"
#include "sim/data/input.hpp"
#include "sim/data/understood.hpp"

namespace symbreak::data {

namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return text.substr(text.size());
  return text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
}

/// What was found, short enough for a message.
std::string excerpt(std::string_view text) {
  constexpr std::size_t kLongest = 30;
  std::string shown;
  for (const char c : text.substr(0, kLongest)) {
    const auto code = static_cast<unsigned char>(c);
    shown += c == '\t' ? std::string("\\t") : std::string(1, code < 0x20 || code == 0x7f ? '?' : c);
  }
  return "'" + shown + (text.size() > kLongest ? "..." : "") + "'";
}

struct Field {
  std::string_view text;   ///< without quotes and blanks around it
  std::size_t column = 1;  ///< in the line, from 1
  bool in_quotes = false;
};

enum class Meaning { number, missing, too_large, word };

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// How R, pandas, Julia, SQL, SPSS and spreadsheets write that there is no number.
bool is_missing(std::string_view text) {
  static constexpr std::string_view kWords[] = {
      "",        "nan",     "na",     "n/a",     "#n/a",     "<na>",      "null",      "none",
      "nil",     "?",       "-",      ".",       "missing",  "nat",       "#num!",     "-nan",
      "+nan",    "inf",     "-inf",   "+inf",    "infinity", "-infinity", "+infinity", "#div/0!",
      "#value!", "1.#qnan", "1.#inf", "-1.#ind", "nan(ind)", "-nan(ind)", "*",         "--"};
  const std::string word = lower(text);
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

Meaning parse_field(std::string_view text, double& value) {
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  const char* const begin = digits.data();
  const char* const stop = begin + digits.size();
  const auto [end, error] = std::from_chars(begin, stop, value);
  if (error == std::errc{} && end == stop && std::isfinite(value)) return Meaning::number;
  if (is_missing(text)) return Meaning::missing;
  for (const int flag : {0, 1}) {
    static constexpr std::string_view kFlags[2][3] = {{"False", "FALSE", "false"},
                                                      {"True", "TRUE", "true"}};
    for (const std::string_view word : kFlags[flag]) {
      if (text == word) {
        value = flag;
        return Meaning::number;
      }
    }
  }
  if (error == std::errc::result_out_of_range && end == stop) {
    // strtod tells the two ends of the range apart: 1e-400 is 0 to double precision.
    value = std::strtod(std::string(digits).c_str(), nullptr);
    return std::abs(value) < 1 ? Meaning::number : Meaning::too_large;
  }
  // Fortran's exponents: 1.5D-03.
  if (error == std::errc{} && end != begin && (*end == 'D' || *end == 'd')) {
    std::string copy(digits);
    copy[static_cast<std::size_t>(end - begin)] = 'e';
    const auto [last, again] = std::from_chars(copy.data(), copy.data() + copy.size(), value);
    if (again == std::errc{} && last == copy.data() + copy.size()) return Meaning::number;
  }
  return Meaning::word;
}

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "-12,5": a number whose point is a comma.
bool has_decimal_comma(std::string_view text) {
  const auto comma = text.find(',');
  if (comma == text.npos) return false;
  std::string pointed(text);
  pointed[comma] = '.';
  double value = 0;
  return parse_field(pointed, value) == Meaning::number;
}

/// The line up to a comment outside of quotes; one of % fills its line.
std::string_view without_comment(std::string_view line) {
  const auto first = line.find_first_not_of(kBlanks);
  if (first != line.npos && line[first] == '%') return {};
  bool inside = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') inside = !inside;
    if (inside || line[i] != '#') continue;
    // "#N/A" and "#DIV/0!" of a spreadsheet are no comments.
    const auto end = std::min(line.find_first_of(",;\t", i), line.size());
    if (!is_missing(trim(line.substr(i, end - i)))) return line.substr(0, i);
  }
  return line;
}

/// ';', ',', '\t' or ' ' (any blanks): what separates the numbers of this line.
char separator_of(std::string_view line) {
  bool inside = false;
  bool comma = false, tab = false;
  for (const char c : trim(line)) {
    if (c == '"') inside = !inside;
    if (inside) continue;
    if (c == ';') return ';';
    comma = comma || c == ',';
    tab = tab || c == '\t';
  }
  return comma ? ',' : tab ? '\t' : ' ';
}

std::string name_of(char separator) {
  return separator == '\t' ? "tabs" : separator == ' ' ? "blanks" : fmt::format("'{}'", separator);
}

/// The fields of a line; false where a quote is not closed.
bool split(std::string_view line, char separator, std::vector<Field>& fields) {
  fields.clear();
  const char* const start = line.data();
  std::size_t at = 0;
  const auto blank = [&](std::size_t i) { return line[i] == ' ' || line[i] == '\t'; };
  const auto is_separator = [&](std::size_t i) {
    return separator == ' ' ? blank(i) : line[i] == separator;
  };
  // Blanks around everything do not separate anything; tabs at the ends are empty fields.
  if (separator != '\t') line = line.substr(0, line.find_last_not_of(kBlanks) + 1);
  while (true) {
    while (at < line.size() && blank(at) && !(separator == '\t' && line[at] == '\t')) ++at;
    Field field{{}, static_cast<std::size_t>(line.data() + at - start) + 1, false};
    if (at < line.size() && line[at] == '"') {
      const std::size_t first = ++at;
      while (at < line.size() &&
             (line[at] != '"' || (at + 1 < line.size() && line[at + 1] == '"'))) {
        at += line[at] == '"' ? 2 : 1;
      }
      if (at >= line.size()) return false;
      field.text = trim(line.substr(first, at - first));
      field.in_quotes = true;
      ++at;
      while (at < line.size() && !is_separator(at)) ++at;
    } else {
      const std::size_t first = at;
      while (at < line.size() && !is_separator(at)) ++at;
      field.text = trim(line.substr(first, at - first));
    }
    fields.push_back(field);
    if (at >= line.size()) return true;
    if (separator == ' ') {
      while (at < line.size() && blank(at)) ++at;
      if (at >= line.size()) return true;
    } else {
      ++at;
    }
  }
}

/// Names, at least one, and no number; missing values alone are no names.
bool is_names(const std::vector<Field>& fields) {
  bool name = false;
  for (const Field& field : fields) {
    double value = 0;
    const Meaning meaning = parse_field(field.text, value);
    if (meaning == Meaning::number || meaning == Meaning::too_large) return false;
    if (has_decimal_comma(field.text)) return false;
    // A name begins like one; "1;2" is a row of numbers that is not understood.
    const auto first = field.text.empty() ? '0' : field.text.front();
    const bool letter = std::isalpha(static_cast<unsigned char>(first)) != 0 || first == '_' ||
                        static_cast<unsigned char>(first) >= 0x80 || field.in_quotes;
    if (meaning == Meaning::word && !letter) return false;
    name = name || meaning == Meaning::word;
  }
  return name;
}

/// 0, 1, 2, ..: what pandas writes above columns without names.
bool counts_from_zero(const std::vector<Field>& fields, std::size_t first) {
  for (std::size_t i = first; i < fields.size(); ++i) {
    if (fields[i].text != fmt::format("{}", i - first)) return false;
  }
  return fields.size() > first;
}

template <class T>
class TableReader {
 public:
  explicit TableReader(const Source& source) : source_(source), input_(source) {}

  Array<T> read() {
    while (input_.line(line_)) {
      ++number_;
      std::string_view rest = line_;
      if (number_ == 1) {
        if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
        if (rest.starts_with("\xff\xfe") || rest.starts_with("\xfe\xff")) {
          fail(source_, "is text in UTF-16; save it as UTF-8");
        }
      }
      if (rest.find('\0') != rest.npos) {
        fail(source_, fmt::format("line {} has a zero byte; expected text", number_));
      }
      if (skipped_ < source_.header_lines) {
        ++skipped_;
        continue;
      }
      rest = without_comment(rest);
      if (trim(rest).empty()) continue;
      if (rows_ == 0 && header_.empty() && lower(rest).starts_with("sep=") && rest.size() == 5) {
        continue;  // Excel's
      }
      take(rest);
    }
    const std::string damage = input_.damage();
    if (!damage.empty()) fail(source_, fmt::format("truncated or damaged: {}", damage));
    if (rows_ == 0) {
      fail(source_, header_.empty() ? "holds no numbers"
                                    : fmt::format("holds no numbers, only the names {} in line {}",
                                                  excerpt(header_text_), header_line_));
    }
    finish();
    array_.shape = {rows_, columns_};
    return std::move(array_);
  }

 private:
  void take(std::string_view rest) {
    char separator = rows_ == 0 ? separator_of(rest) : separator_;
    if (separator == '\t' && rest.find('\t') == rest.npos) separator = ' ';  // aligned by both
    if (!split(rest, separator, fields_)) {
      fail(source_, fmt::format("line {}: a quote is not closed", number_));
    }
    if (rows_ == 0 && header_.empty()) {
      const bool may_have_header = source_.header_lines < 0;
      // ",0,1": pandas with an index and columns without names.
      const bool pandas = fields_.size() > 1 && fields_[0].text.empty() && separator != ' ' &&
                          counts_from_zero(fields_, 1);
      if (may_have_header && (is_names(fields_) || pandas)) {
        header_line_ = number_;
        header_text_ = std::string(trim(rest));
        header_separator_ = separator;
        for (const Field& field : fields_) header_.emplace_back(field.text);
        return;
      }
    }
    if (rows_ == 0) begin(rest, separator);
    std::size_t found = fields_.size();
    if (trailing_) {
      if (found > 0 && fields_.back().text.empty() && !fields_.back().in_quotes) --found;
    }
    const std::size_t expected = columns_ + names_;
    if (rows_ > 0 && found != expected) {
      // A separator at the end of this line only is a missing value.
      for (std::size_t i = names_; i < fields_.size(); ++i) number_of(fields_[i]);
      fail(source_, fmt::format("line {} has {} numbers; expected {} as in line {}", number_, found,
                                expected, first_line_));
    }
    for (std::size_t i = names_; i < found; ++i) {
      array_.values.push_back(static_cast<T>(number_of(fields_[i])));
    }
    look_for_decimal_commas();
    for (std::size_t i = 0; i < found && rows_ > 0; ++i) whole_ = whole_ && is_digits(bare(i));
    ++rows_;
  }

  std::string_view bare(std::size_t i) const {
    const std::string_view text = fields_[i].text;
    return text.starts_with('-') ? text.substr(1) : text;
  }

  /// The first row of numbers decides about all.
  void begin(std::string_view rest, char separator) {
    separator_ = separator;
    first_line_ = number_;
    // "1,2,": spreadsheets that end every line like that.
    trailing_ = separator != ' ' && fields_.size() > 1 && fields_.back().text.empty() &&
                !fields_.back().in_quotes;
    if (trailing_) {
      note(source_, fmt::format("every line ends with {}, which is not counted as a missing value",
                                name_of(separator)));
    }
    const std::size_t found = fields_.size() - (trailing_ ? 1 : 0);
    names_ = source_.name_columns < 0 ? 0 : static_cast<std::size_t>(source_.name_columns);
    if (!header_.empty()) {
      std::size_t names = header_.size();
      if (names > 1 && header_.back().empty() && trailing_) --names;
      if (separator != header_separator_ && names > 1 && found > 1) {
        fail(source_,
             fmt::format("line {} ({}) is separated by {}, line {} by {}; is it a header? {}",
                         header_line_, excerpt(header_text_), name_of(header_separator_), number_,
                         name_of(separator), header_advice()));
      }
      // R's write.csv and pandas leave the name of the row names empty, R's write.table leaves it
      // out.
      if (source_.name_columns < 0) {
        double value = 0;
        const Field& first = fields_[0];
        const bool text_name = first.in_quotes || parse_field(first.text, value) == Meaning::word;
        const bool counted = first.text == "0" || first.text == "1";
        if (names == found && header_.front().empty()) names_ = 1;
        if (names + 1 == found && (text_name || counted)) {
          names_ = 1;
          if (!text_name) {
            warn(source_,
                 fmt::format("the header in line {} has no name for the first column, which "
                             "is taken for row names{}",
                             header_line_,
                             source_.settled_by_keys
                                 ? "; set target.name_columns to 1 if it is, 0 if not"
                                 : ""));
          }
        }
      }
      if (names != found && names + names_ != found) {
        fail(source_,
             fmt::format("line {} has {} names ({}), line {} has {} fields; {}", header_line_,
                         names, excerpt(header_text_), number_, found, header_advice()));
      }
      note(source_, fmt::format("line {} is a header, {}", header_line_, excerpt(header_text_)));
    }
    if (names_ > 0) {
      note(source_, fmt::format("the first {} ({} in line {}) {} row names, no data",
                                names_ == 1 ? "column" : fmt::format("{} columns", names_),
                                excerpt(fields_[0].text), number_, names_ == 1 ? "holds" : "hold"));
    }
    if (names_ >= found) {
      fail(source_, fmt::format("line {} has {} fields, all of them row names", number_, found));
    }
    columns_ = found - names_;
    first_row_counts_ = header_.empty() && counts_from_zero(fields_, 0) && found == columns_;
    first_text_ = std::string(trim(rest));
  }

  std::string header_advice() const {
    return source_.settled_by_keys ? "set target.header_lines to the number of lines to skip, "
                                     "target.name_columns to that of leading row names"
                                   : "remove the lines above the numbers";
  }

  double number_of(const Field& field) {
    double value = 0;
    const Meaning meaning = parse_field(field.text, value);
    if (meaning == Meaning::number) return value;
    if (meaning == Meaning::missing) {
      const std::size_t at = static_cast<std::size_t>(&field - fields_.data()) - names_;
      const std::string word = lower(field.text);
      const std::string what = field.text.empty() ? "a missing value (nothing)"
                               : word == "nan" || word == "-nan" || word == "+nan" ? "NaN"
                               : word.find("inf") != word.npos
                                   ? "infinity"
                                   : fmt::format("a missing value ({})", excerpt(field.text));
      fail(source_,
           fmt::format("{} at {} {}, {} {}; expected finite numbers (line {}, column {})", what,
                       source_.row, rows_, source_.column, at, number_, field.column));
    }
    std::string cause = "expected a number";
    if (meaning == Meaning::too_large) {
      cause = "too large for double precision";
    } else if (has_decimal_comma(field.text)) {
      cause = "a decimal comma; expected a decimal point";
    } else if (separator_ == ',' && field.text.find_first_of(kBlanks) != std::string_view::npos) {
      cause = "expected a number (numbers are separated by commas here; are they decimal commas?)";
    } else if (field.text.starts_with('{')) {
      cause =
          "a dictionary of networkx; expected a number, as networkx.write_weighted_edgelist writes "
          "it";
    } else if (rows_ == 0 && !header_.empty()) {
      cause = fmt::format("expected a number (line {} was taken for the header); {}", header_line_,
                          header_advice());
    } else if (rows_ == 0 && header_.empty()) {
      cause = "expected a number, or names only, as in a header";
      if (source_.settled_by_keys) cause += " (target.header_lines)";
    }
    fail(source_, fmt::format("line {}, column {}: {}; {}", number_, field.column,
                              excerpt(field.text), cause));
  }

  /// "0,5" in every line: one number with a decimal comma or two numbers?
  void look_for_decimal_commas() {
    if (rows_ == 0) {
      commas_ = separator_ == ',' && columns_ == 2 && names_ == 0 && header_.empty() &&
                !trailing_ && source_.columns_wanted == 0;
    }
    if (!commas_) return;
    const std::string_view whole = fields_[0].text, fraction = fields_[1].text;
    commas_ = is_digits(bare(0)) && is_digits(fraction) && line_.find(' ') == std::string::npos;
    if (rows_ == 0) second_ = std::string(fraction);
    same_second_ = same_second_ && fraction == second_;
    odd_ = odd_ || whole == "-0" || (fraction.size() > 1 && fraction.front() == '0');
  }

  void finish() {
    note(source_, columns_ + names_ > 1 ? fmt::format("text separated by {}", name_of(separator_))
                                        : std::string("text, one number per line"));
    constexpr std::size_t kMany = 8;  // so many pairs of plain integers are rare
    if (commas_ && (odd_ || (same_second_ && rows_ > 2) || rows_ >= kMany)) {
      warn(source_,
           fmt::format("every line is like {}: read as two numbers each; if these are decimal "
                       "commas, write points{}",
                       excerpt(first_text_),
                       source_.settled_by_keys ? "; if not, set target.columns = 2" : ""));
    }
    // A single column that begins with 0 is rather a list of numbers, unless the others have
    // points. Rows of couplings often do.
    if (first_row_counts_ && source_.header_lines < 0 && (columns_ > 1 || !whole_) &&
        source_.row != "row") {
      warn(source_, fmt::format("line {} ({}) looks like a header 0, 1, .. but is read as a {}{}",
                                first_line_, excerpt(first_text_), source_.row,
                                source_.settled_by_keys
                                    ? "; set target.header_lines = 1 to skip it, 0 if it is one"
                                    : "; remove it if it is none"));
    }
  }

  const Source& source_;
  Input input_;
  Array<T> array_;
  std::string line_, header_text_, first_text_, second_;
  std::vector<Field> fields_;
  std::vector<std::string> header_;
  int skipped_ = 0;
  std::size_t rows_ = 0, columns_ = 0, names_ = 0, number_ = 0, header_line_ = 0, first_line_ = 0;
  char separator_ = ',', header_separator_ = ',';
  bool trailing_ = false, first_row_counts_ = false, whole_ = true;
  bool commas_ = false, same_second_ = true, odd_ = false;
};

}  // namespace

template <class T>
Array<T> read_csv(const Source& source) {
  return TableReader<T>(source).read();
}

template Array<float> read_csv<float>(const Source&);
template Array<double> read_csv<double>(const Source&);

}  // namespace symbreak::data
