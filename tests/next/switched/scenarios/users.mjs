// Behaviours of actions with bound arguments, which render their page again.

const rename = (hook, name) => ({
  path: "/users/1",
  async run(page) {
    const gate = `renameUser "1" ${JSON.stringify({ name })}`;
    await page.click(`#${hook} button`);
    await page.arrived(gate);
    await page.status(hook, "executing");
    await page.settled();
    await page.pass(gate);
    await page.status(hook, "hasSucceeded");
    await page.shows("h1", name);
  },
});

export default {
  "an argument that the server has bound": rename("rename", "Cora"),
  "an argument that the component has bound": rename("renameById", "Dora"),
};
