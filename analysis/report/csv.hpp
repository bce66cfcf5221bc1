// Rows of comma-separated values by RFC 4180. May depend on: nothing.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace symbreak::report {

/// A field: in quotes, with quotes doubled, where it holds a comma, a quote or the end of a line.
std::string csv_field(std::string_view text);
/// The shortest digits that are read back to the same double, as in JSON; "" for NaN, inf, -inf.
std::string csv_number(double value);
/// A record with its end of line.
std::string csv_row(const std::vector<std::string>& fields);

}  // namespace symbreak::report
