//! Makes the values of many rows in one call of the builder, because a call costs as much as many values.
//!
//! Must only make rows that need no other row: then the answer is the same as without it.

use std::hash::BuildHasherDefault;

use super::cell::{Cell, Link, Located, Root};
use super::{Arrived, Decoder, Goal};
use crate::flight::hash::Table;
use crate::flight::model::{Model, Path};
use crate::flight::row::{Row, Tag};
use crate::flight::{Build, Made, Tree};

/// Bytes from which a row gets a call of its own.
const LARGE: usize = 8192;

impl<B: Build> Decoder<B> {
    /// Makes the values of those of `rows` that wants wait for. If all of row 0 is wanted, also makes those that
    /// follow, because a row mostly refers to later ones. Must be called before the rows are stored.
    pub(super) fn look_ahead(&mut self, rows: &[Row]) {
        if rows.len() < 2 {
            return;
        }
        // Of rows with the same id, only the first counts.
        let mut met: Table<u32, ()> = Table::with_capacity_and_hasher(rows.len(), BuildHasherDefault::default());
        let (mut ready, mut follows) = (Vec::new(), false);
        for row in rows {
            let waits = self.waiting.contains_key(&row.id);
            follows |= waits && self.goal == Goal::Root;
            let first = met.insert(row.id, ()).is_none();
            if (waits || follows)
                && first
                && matches!(row.tag, Tag::Model)
                && row.body.len() < LARGE
                && !self.arrived.contains_key(&row.id)
                && !self.is_in_parts(row.id)
                && !self.error_rows.contains_key(&row.id)
                && let Ok(text) = std::str::from_utf8(&row.body)
                // A row that no want waits for may need other rows, and would be read twice. Row 0 mostly does.
                && let Some(tree) = Model::read_independent(row.id, text, !waits || row.id == 0, &self.limits)
            {
                ready.push((row.id, tree));
            }
        }
        self.make_early(ready);
    }

    /// Makes the values of rows that references lead to.
    pub(super) fn make_linked(&mut self, ids: Vec<u32>) {
        let mut texts = Vec::new();
        for id in ids {
            let id = self.row_of(id);
            if self.is_in_parts(id) || self.error_rows.contains_key(&id) {
                continue;
            }
            if let Some(Arrived::Model(text, seen)) = self.arrived.get_mut(&id)
                && !std::mem::replace(seen, true)
                && text.len() < LARGE
            {
                texts.push((id, text.clone()));
            }
        }
        let limits = &self.limits;
        let ready = texts.iter().filter_map(|(id, text)| Some((*id, Model::read_independent(*id, text, false, limits)?))).collect();
        self.make_early(ready);
    }

    /// Makes the Maps and Sets that `links` refer to, if their rows are complete.
    pub(super) fn make_collections(&mut self, links: &[Link]) {
        let mut list = Vec::new();
        let mut keys = Vec::new();
        for link in links {
            let (Some(kind @ (Made::Map | Made::Set)), id) = (link.target.made, link.target.id) else { continue };
            if !link.target.path.is_empty() || self.made.contains_key(&(kind, id)) {
                continue;
            }
            if let Ok(Located::Cell(index, 0)) = self.locate(id, &Path::default())
                && let Ok(Cell { root: Root::Value(from), done: true, .. }) = &self.cells[index]
            {
                list.push((kind, from.clone()));
                keys.push((kind, id));
            }
        }
        if list.len() < 2 {
            return;
        }
        for (key, made) in keys.into_iter().zip(self.builder.make_all_from(&list)) {
            if let Some(made) = made {
                self.made.entry(key).or_insert(made);
            }
        }
    }

    /// Makes the values of these rows. No id may be there twice.
    fn make_early(&mut self, ready: Vec<(u32, Tree<'_>)>) {
        if ready.is_empty() {
            return;
        }
        let (ids, trees): (Vec<u32>, Vec<Tree<'_>>) = ready.into_iter().unzip();
        for (id, value) in ids.into_iter().zip(self.builder.trees(&trees)) {
            if let Some(value) = value {
                self.early.push(value);
                self.early_of.insert(id, self.early.len() - 1);
            }
        }
    }

    /// True for row 0 of an action's answer, which is never made whole.
    fn is_in_parts(&self, id: u32) -> bool {
        id == 0 && self.goal == Goal::Action
    }
}
