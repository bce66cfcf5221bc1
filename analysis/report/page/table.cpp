#include "analysis/report/page/table.hpp"

#include <fmt/format.h>

#include "analysis/report/escape.hpp"

namespace symbreak::report {

namespace {

/// The text of a caption, without its elements: quotes are entities already.
std::string plain(const std::string& markup) {
  std::string text;
  bool inside = false;
  for (const char c : markup) {
    inside = inside || c == '<';
    if (!inside) text += c;
    inside = inside && c != '>';
  }
  return text;
}

}  // namespace

std::string cell(const std::string& kind, const std::string& content) {
  return kind.empty() ? "<td>" + content + "</td>"
                      : fmt::format("<td class=\"{}\">{}</td>", kind, content);
}

std::string table_of(const std::string& caption, const std::vector<std::string>& heads,
                     const std::string& rows) {
  std::string text = fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
      "aria-label=\"{}\"><table><caption><span>{}"
      "</span></caption>\n<thead><tr>",
      plain(caption), caption);
  for (const std::string& head : heads) text += "<th scope=\"col\">" + html(head) + "</th>";
  return text + "</tr></thead>\n<tbody>\n" + rows + "</tbody></table></div>\n";
}

std::string folded(const std::string& summary, const std::vector<std::string>& heads,
                   const std::string& rows, bool open) {
  return fmt::format("<details{}><summary>{}</summary>{}</details>\n", open ? " open" : "",
                     html(summary), table_of(html(summary), heads, rows));
}

}  // namespace symbreak::report
