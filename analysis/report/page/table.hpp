// Tables of HTML that screen readers and phones can use. May depend on: nothing.
#pragma once
#include <string>
#include <vector>

namespace symbreak::report {

/// A cell; `content` is HTML.
std::string cell(const std::string& kind, const std::string& content);
/// A table with its caption (HTML), one head a column (plain text), rows as HTML. It scrolls by
/// itself where the window is narrow, also from the keyboard.
std::string table_of(const std::string& caption, const std::vector<std::string>& heads,
                     const std::string& rows);
/// A table of two columns behind a summary.
std::string folded(const std::string& summary, const std::vector<std::string>& heads,
                   const std::string& rows, bool open = false);

}  // namespace symbreak::report
