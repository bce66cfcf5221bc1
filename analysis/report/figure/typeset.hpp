// Text of figures as gnuplot's enhanced mode sets it. May depend on: analysis/report/escape.
#pragma once
#include <string>
#include <string_view>

namespace symbreak::report {

/// A quoted gnuplot string for the enhanced mode: the index of a one-letter symbol is set low
/// (t_c, λ_max, m_1), a power in braces or of digits and signs high (h^{1/3}, τ^-1, L^2). All else
/// stands as it is written, whatever it means to gnuplot: names of keys keep their underscores.
std::string typeset(std::string_view text);

}  // namespace symbreak::report
