#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/report/report.hpp"

namespace symbreak::report {

namespace {

/// A positive number rounded to 1 or 2 digits: digits x 10^place.
struct Rounded {
  int digits, place;
};

Rounded round_error(double error) {
  const auto parse = [&](int decimals) {
    const std::string text =
        fmt::format("{:.{}e}", error, decimals);  // "2.9e-05", correct rounding
    const auto e = text.find('e');
    const int lead = text[0] - '0', next = decimals > 0 ? text[2] - '0' : 0;
    const int exponent = std::stoi(text.substr(e + 1));
    return decimals > 0 ? Rounded{10 * lead + next, exponent - 1} : Rounded{lead, exponent};
  };
  const Rounded two = parse(1);
  if (two.digits < 30) return two;
  const Rounded one = parse(0);
  return one.digits == 1 ? Rounded{10, one.place - 1} : one;  // 9.6 is 10 at the same decimals
}

std::string without_minus_zero(std::string text) {
  if (text[0] == '-' && text.find_first_of("123456789") == std::string::npos) text.erase(0, 1);
  return text;
}

int decimal_exponent(double value) {
  const std::string text = fmt::format("{:e}", value);
  return std::stoi(text.substr(text.find('e') + 1));
}

std::string fixed(double value, double error) {
  const auto [digits, place] = round_error(error);
  if (place >= 0) {
    const double unit = std::pow(10.0, place);
    return without_minus_zero(fmt::format("{:.0f}", std::round(value / unit) * unit)) +
           fmt::format("({:.0f})", digits * unit);
  }
  const std::string number = without_minus_zero(fmt::format("{:.{}f}", value, -place));
  if (place == -1 && digits >= 10) return number + fmt::format("({}.{})", digits / 10, digits % 10);
  return number + fmt::format("({})", digits);
}

bool scientific(double scale) { return scale != 0 && !(scale >= 1e-4 && scale < 1e6); }

/// Up to `digits` significant digits, no trailing zeros.
std::string plain(double value, int digits) {
  if (!scientific(std::abs(value)))
    return without_minus_zero(fmt::format("{:.{}g}", value, digits));
  std::string text = fmt::format("{:.{}e}", value, digits - 1);
  const auto e = text.find('e');
  std::string mantissa = text.substr(0, e);
  mantissa.erase(mantissa.find_last_not_of('0') + 1);
  if (mantissa.back() == '.') mantissa.pop_back();
  return fmt::format("{}e{}", mantissa, std::stoi(text.substr(e + 1)));
}

}  // namespace

std::string with_error(double value, double error) {
  if (!std::isfinite(value)) return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (std::isnan(error) || error < 0) return plain(value, 6) + "(?)";
  if (std::isinf(error)) return plain(value, 6) + "(inf)";
  if (error == 0) return plain(value, 10);
  const double scale = std::max(std::abs(value), error);
  error = std::max(error, static_cast<double>(std::pow(10.0L, decimal_exponent(scale) - 13)));
  if (!scientific(scale)) return fixed(value, error);
  const auto mantissa = [&](int exponent) {
    // In long double: 10^exponent has a wider range than the double it scales.
    const long double unit = std::pow(10.0L, exponent);
    return fixed(static_cast<double>(value / unit), static_cast<double>(error / unit));
  };
  int exponent = decimal_exponent(scale);
  const std::string first = mantissa(exponent);
  if (first.find("10") <= (value < 0 ? 1U : 0U)) ++exponent;  // 9.9999 rounded to 10.000
  return mantissa(exponent) + fmt::format("e{}", exponent);
}

}  // namespace symbreak::report
