() => {  // the tables that stand in the place of two searches of Gradio's page
  const placeOf = new Map();  // of a part in the tree: the number of each child on the way to it
  const eventsOf = new WeakMap();  // of a list of dependencies: the events of each part's id
  const notePlaces = (node, place) => {
    placeOf.set(node.id, place);
    node.children?.forEach((child, number) => {
      notePlaces(child, [...place, number]);
    });
  };
  const partWithId = (root, id) => {
    if (id === null || id === undefined) return null;  // the target of what follows an event
    const there = () => placeOf.get(id)?.reduce((node, number) => node?.children?.[number], root);
    if (there()?.id === id) return there();
    placeOf.clear();  // the tree is another one than it was
    notePlaces(root, []);
    return there() ?? null;
  };
  const eventsById = (dependencies) => {
    const events = new Map();
    for (const { targets } of dependencies)
      for (const [id, event] of new Map([...targets].reverse()))  // the first of each part
        if (event) events.set(id, [...(events.get(id) ?? []), event]);
    return events;
  };
  const attachEvents = (node, dependencies) => {
    const known = eventsOf.get(dependencies);
    const fresh = known?.length === dependencies.length;
    const events = fresh ? known.events : eventsById(dependencies);
    eventsOf.set(dependencies, { events, length: dependencies.length });
    node.props.shared_props.attached_events = events.get(node.id) ?? [];
    return node;
  };
  return { partWithId, attachEvents };
}
