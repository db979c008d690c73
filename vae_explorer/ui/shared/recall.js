// A tab keeps the name of its run through a reload, and no other tab knows it.

export default function ({ data, setTriggerValue }) {
  const key = `vae_explorer.${data.page}`;
  try {
    if (data.token) sessionStorage.setItem(key, data.token);
    else if (data.awaits) return; // the server has it, and tries again until the run is free
    else if (!data.recall) sessionStorage.removeItem(key);
    else if (sessionStorage.getItem(key)) setTriggerValue("token", sessionStorage.getItem(key));
  } catch {
    // A browser that keeps nothing for the page: a reload begins anew.
  }
}
