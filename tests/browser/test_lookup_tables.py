"""Tables find what a search of the whole tree finds, also after the tree has changed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from vision.ui.server.scripts.quick_lookups import TABLES

pytestmark = pytest.mark.browser
COMPARE = """(seed) => {
  const chance = (most) => { seed = (seed * 48271) % 2147483647; return seed % most; };
  let last = 0;
  const part = (depth) => ({id: last++, props: {shared_props: {}},
    children: depth ? Array.from({length: chance(4)}, () => part(depth - 1)) : undefined});
  const all = (node) => [node, ...(node.children ?? []).flatMap(all)];
  const search = (node, id) => {  // as Gradio's script does
    if (node.id === id) return node;
    for (const child of node.children ?? []) {
      const found = search(child, id);
      if (found) return found;
    }
    return null;
  };
  const events = (node, dependencies) => dependencies
    .filter((each) => each.targets.find(([id]) => id === node.id))
    .map((each) => each.targets.find(([id]) => id === node.id)[1]).filter(Boolean);
  const wrong = [];
  const compare = (root, dependencies) => {
    for (let id = -1; id < last + 2; id++)
      if (partWithId(root, id) !== search(root, id)) wrong.push(id);
    for (const node of all(root)) {
      attachEvents(node, dependencies);
      const [found, right] = [node.props.shared_props.attached_events, events(node, dependencies)];
      if (JSON.stringify(found) !== JSON.stringify(right)) wrong.push([node.id, found, right]);
    }
  };
  let root = part(5);
  const names = ["click", "change", null, "load"];
  const target = () => [[null, chance(last)][chance(9) ? 1 : 0], names[chance(4)]];
  const dependencies = Array.from({length: 60}, () => ({
    targets: Array.from({length: chance(4)}, target)}));
  compare(root, dependencies);
  dependencies.push({targets: [[root.id, "input"]]});
  compare(root, dependencies);
  const changed = all(root).find((node) => node.children?.length);
  if (changed) changed.children = [part(2), part(1)];
  compare(root, dependencies);
  last = 0;
  root = part(4);
  compare(root, dependencies);
  if (partWithId(root, null) !== null || partWithId(root, undefined) !== null) wrong.push(null);
  return {wrong, parts: last};
}"""


def test_tables_find_what_a_search_finds(browser: Browser) -> None:
    page = browser.new_page()
    page.add_script_tag(content=TABLES)
    told = [page.evaluate(COMPARE, seed) for seed in range(1, 30)]
    page.close()
    assert [each["wrong"] for each in told] == [[]] * len(told)
    assert max(each["parts"] for each in told) > 20
