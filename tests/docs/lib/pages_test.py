"""What the runner must not let through: a page that says something else than what comes, or that shows a command which nobody runs."""
import tempfile
import unittest
from pathlib import Path

import pages


class Fits(unittest.TestCase):
    def test_what_changes_each_time_may_differ_and_nothing_else(self):
        said = ["2026-01-01 10:00:00.123 [NET] from 192.0.2.1[500]", "sun: #1, c3b234bf_i, 12s ago", "3 packets, 3 received"]
        self.assertIsNone(pages.fits(said, ["2027-02-02 11:11:11.000 [NET] from 192.0.2.1[500]", "sun: #1, cb3ab58c_i, 4s ago", "3 packets, 3 received"]))
        for spi in ("0153cd94d5da43d4", "abcdefab", "12345678", "00000001", "2b136be029f84b"):
            self.assertEqual(pages.plain(f"moon: #1, {spi}_r*, 1.5 ms"), "moon: #1, #_r*, # ms")
        for wrong in ("3 packets, 0 received", "3 packets, 3", "three packets"):
            self.assertEqual(pages.fits(said, [*said[:2], wrong]), wrong)
        self.assertIsNotNone(pages.fits(said, [said[0].replace("192.0.2.1", "192.0.2.2"), *said[1:]]))

    def test_an_ellipsis_stands_for_what_is_left_out(self):
        self.assertIsNone(pages.fits(["a", "b", "c 1 d"], ["…", "c … d"]))
        self.assertIsNone(pages.fits(["a", "b"], ["a", "…"]))
        self.assertIsNone(pages.fits([], ["…"]))
        self.assertEqual(pages.fits(["a", "b"], ["…", "c"]), "c")

    def test_more_or_less_than_the_page_says_is_wrong(self):
        self.assertEqual(pages.fits(["a"], ["a", "b"]), "b")
        self.assertIn("no more", pages.fits(["a", "b"], ["a"]))
        self.assertIn("no more", pages.fits(["a"], []))


class Read(unittest.TestCase):
    def page(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "page.md"
            path.write_text(text, encoding="utf-8")
            pages.check_links(path)
            return pages.read(path)

    def test_commands_have_hosts_answers_and_lines(self):
        page = self.page("<!-- lab:\nhost moon\n-->\n\n<!-- run: again -->\n```console\nmoon# one \\\n  two\nsaid\n$ three\n```\n")
        first, second = page.blocks[0].commands()
        self.assertEqual((first.host, first.text, first.output), ("moon", "one \\\n  two", ["said"]))
        self.assertEqual((second.host, second.text, second.line), (None, "three", 10))
        self.assertEqual((page.lab, page.blocks[0].run), ("host moon", {"again"}))

    def test_each_line_of_a_script_is_a_command(self):
        self.assertEqual([one.text for one in self.page("```sh\n# why\none\ntwo\n```\n").blocks[0].commands()], ["one", "two"])

    def test_what_might_be_a_command_and_is_not_run_is_refused(self):
        for text in ("```\nrm -rf /\n```\n", "```console\nmoon# one\n", "```zsh\none\n```\n", "<!-- run: maybe -->\n```console\n$ one\n```\n", "<!-- run: again -->\n\ntext\n", "[x](gone.md)\n", "# A\n[x](#b)\n"):
            with self.assertRaises(pages.PageError, msg=text):
                self.page(text)
        with self.assertRaises(pages.PageError):
            self.page("```console\nan answer to nothing\n```\n").blocks[0].commands()


if __name__ == "__main__":
    unittest.main()
