//! Implements a map as a sorted list: far less wasm code than a hash table, and iteration in order of the keys.
//!
//! Must not know the types that it holds.

use std::collections::VecDeque;

/// Map that is sorted by its keys. A lookup is a binary search. Inserting or removing a key moves the rows on the
/// shorter side of its place, which is next to nothing if keys come in order, as the ids of calls do.
#[derive(Debug)]
pub(crate) struct SortedMap<K, V> {
    // Boxes, so that moving a row moves a pointer instead of a large value.
    rows: VecDeque<(K, Box<V>)>,
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self { rows: VecDeque::new() }
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// Returns the index of a key: `Ok` if it is present, `Err` with the index for inserting it.
    fn find(&self, key: &K) -> Result<usize, usize> {
        // Most new keys come after the last.
        match self.rows.back() {
            Some((last, _)) if key > last => Err(self.rows.len()),
            _ => self.rows.binary_search_by(|(known, _)| known.cmp(key)),
        }
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let (_, value) = self.rows.get(self.find(key).ok()?)?;
        Some(value)
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = self.find(key).ok()?;
        let (_, value) = self.rows.get_mut(at)?;
        Some(value)
    }

    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.find(key).is_ok()
    }

    /// Inserts a value, replacing the old one.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        match self.find(&key) {
            Ok(at) => *self.rows[at].1 = value,
            Err(at) => self.rows.insert(at, (key, Box::new(value))),
        }
    }

    pub(crate) fn get_or_insert_with(&mut self, key: &K, make: impl FnOnce() -> V) -> &mut V
    where
        K: Clone,
    {
        let at = self.find(key).unwrap_or_else(|at| {
            self.rows.insert(at, (key.clone(), Box::new(make())));
            at
        });
        &mut self.rows[at].1
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<Box<V>> {
        let (_, value) = self.rows.remove(self.find(key).ok()?)?;
        Some(value)
    }

    pub(crate) fn first(&self) -> Option<&K> {
        self.rows.front().map(|(key, _)| key)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.rows.iter().map(|(key, _)| key)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.rows.iter().map(|(_, value)| &**value)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.rows.iter_mut().map(|(_, value)| &mut **value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter().map(|(key, value)| (key, &**value))
    }

    /// Drops the rows whose value does not match.
    pub(crate) fn retain(&mut self, which: impl Fn(&V) -> bool) {
        self.rows.retain(|(_, value)| which(value));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.rows.clear();
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Draws a random number, the same in every run (SplitMix64).
    fn dice(state: &mut u64) -> u64 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)) >> 8
    }

    #[test]
    fn a_table_agrees_with_a_b_tree_map() {
        let (mut table, mut map, mut state) = (SortedMap::default(), BTreeMap::new(), 1);
        for step in 0..5000_u64 {
            let key = dice(&mut state) % 64;
            match dice(&mut state) % 8 {
                0..4 => {
                    table.insert(key, step);
                    map.insert(key, step);
                }
                4..7 => assert_eq!(table.remove(&key).map(|value| *value), map.remove(&key)),
                _ => {
                    table.retain(|value| value % 3 > 0);
                    map.retain(|_, value| *value % 3 > 0);
                }
            }
            assert_eq!(table.get_or_insert_with(&(key + 1), || step), map.entry(key + 1).or_insert(step));
            if let (Some(ours), Some(theirs)) = (table.get_mut(&key), map.get_mut(&key)) {
                (*ours, *theirs) = (*ours + 1, *theirs + 1);
            }
            assert!(table.iter().eq(map.iter()) && table.keys().eq(map.keys()) && table.values().eq(map.values()));
            assert_eq!((table.get(&key), table.contains_key(&key)), (map.get(&key), map.contains_key(&key)));
            assert_eq!((table.first(), table.len(), table.is_empty()), (map.keys().next(), map.len(), map.is_empty()));
        }
        table.values_mut().for_each(|value| *value = 0);
        assert!(!table.is_empty() && table.values().all(|value| *value == 0));
        table.clear();
        assert!(table.is_empty());
    }
}
