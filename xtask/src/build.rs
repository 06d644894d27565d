//! `cargo xtask build`: builds and checks the npm package.

use anyhow::Result;

use crate::release::licences;
use crate::step::note;
use crate::{imports, npm, package, sizes, tools, wasm, workspace};

/// Builds pkg/ for `npm pack`, checks the packed file, prints sizes
///
/// Compiles the crate to WebAssembly, adds wasm-bindgen's glue, shrinks the wasm with wasm-opt, bundles dist/. Then
/// packs the package into target/xtask/pack/ and checks the packed file: the wasm and every entry of package.json
/// must be in it, and the wasm may import nothing but its own glue. Prints the size of each part beside that in
/// xtask/sizes.json.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Fail if a part exceeds its limit, or if xtask/sizes.json is out of date
    #[arg(long)]
    sizes: bool,
    /// Write the sizes to xtask/sizes.json
    #[arg(long)]
    write_sizes: bool,
    /// Write the sizes to README.md and docs/loading.md
    #[arg(long)]
    write_readme: bool,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    prepare()?;
    package()?;
    let checks = verify()?;
    note(&format!("{checks} checks passed"));
    let sizes = sizes::measured()?;
    println!("{}", sizes.table().trim_end());
    if args.write_sizes {
        sizes.write()?;
    } else if args.sizes {
        sizes.check()?;
    }
    if args.write_readme {
        sizes.write_documents()?;
        package::copy_documents()?;
    }
    Ok(())
}

/// Gets everything that [`package`] needs.
pub(crate) fn prepare() -> Result<()> {
    tools::ensure_wasm_target()?;
    tools::ensure_wasm_bindgen()?;
    npm::ensure_packages(&workspace::pkg())
}

/// Brings `pkg/` up to date.
pub(crate) fn package() -> Result<()> {
    wasm::build()?;
    package::copy_documents()?;
    package::write_common_types()?;
    licences::write()?;
    package::bundle()
}

/// Checks the packed file. Returns the number of checks.
pub(crate) fn verify() -> Result<usize> {
    let imports = wasm::MODULES.iter().map(imports::check).sum::<Result<usize>>()?;
    Ok(imports + package::pack()?)
}
