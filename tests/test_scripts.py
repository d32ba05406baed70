"""Script and language, where the letters tell."""

import pytest

from visits import scripts


@pytest.mark.parametrize(
    ("text", "script", "language"),
    [
        ("Rashid Meredov", "Latn", ""),
        ("Raşit Meredow", "Latn", ""),
        ("Guýçgeldi Ňurýew", "Latn", "tk"),
        ("Mevlüt Çavuşoğlu", "Latn", "tr"),
        ("Lech Wałęsa", "Latn", "pl"),
        ("Рашид Мередов", "Cyrl", ""),
        ("Володимир Зеленський Її", "Cyrl", "uk"),
        ("Әлихан Смайылов", "Cyrl", "kk"),
        ("Αλέξης Τσίπρας", "Grek", "el"),
        ("محمد بن سلمان", "Arab", ""),
        ("בנימין נתניהו", "Hebr", "he"),
        ("박근혜", "Hang", "ko"),
        ("安倍晋三", "Hani", ""),
        ("安倍しんぞう", "Jpan", "ja"),
        ("アベ", "Kana", "ja"),
        ("შევარდნაძე", "Geor", "ka"),
        ("Рашид Meredov", "", ""),
        ("123", "", ""),
        ("", "", ""),
    ],
)
def test_script_and_language_are_told_or_left_empty(text, script, language):
    assert (scripts.script_of(text), scripts.language_of(text)) == (script, language)
